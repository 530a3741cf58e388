package io.polylog.camel;

import io.polylog.broker.Registration;
import io.polylog.spi.AdapterContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the routes of a directory and follows its changes. While there is no route file, no Camel class is loaded: a gateway
 * without routes does not pay for them. This class therefore names no Camel type, and nothing that does before it must.
 *
 * <p>Made by {@link #start}; one thread of its own looks at the directory and changes the routes.
 */
public final class Routes implements AutoCloseable {

    /** How often the directory is looked at, in milliseconds, unless that is said otherwise. */
    public static final int LOOK_INTERVAL_MS = 500;

    private static final Logger log = LoggerFactory.getLogger(Routes.class);

    private final RouteDirectory directory;
    private final AdapterContext gateway;
    private final int lookIntervalMs;
    private final ExecutorService owner;
    private @Nullable Registration reporting; // of the owner
    private volatile @Nullable RouteEngine engine; // written by the owner
    private volatile boolean closed;

    private Routes(Path directory, AdapterContext gateway, int lookIntervalMs) {
        this.directory = new RouteDirectory(directory);
        this.gateway = gateway;
        this.lookIntervalMs = lookIntervalMs;
        this.owner = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "polylog-routes");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Loads every {@code *.yaml} file (so also {@code *.camel.yaml}) directly in {@code directory}, by name, and starts
     * its routes; from then on, changes of the files change the routes. A file that cannot be used is logged with line and
     * remedy, and changes nothing; the others run. Takes about a second when there is a file, so call it once the gateway
     * serves, and not on an event loop.
     *
     * @param directory need not exist, yet; directories in it are not looked at
     * @param lookIntervalMs how often the directory is looked at, in milliseconds from 1; a change counts at the second
     *     look that sees it
     * @return stops the routes when closed, letting messages in flight finish first; close it before the log
     */
    public static Routes start(Path directory, AdapterContext gateway, int lookIntervalMs) {
        Routes routes = new Routes(directory, gateway, lookIntervalMs);
        try {
            CompletableFuture.runAsync(routes::begin, routes.owner).join();
        } catch (CompletionException failure) {
            routes.close();
            throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
        }
        return routes;
    }

    /** As {@link #start(Path, AdapterContext, int)}, twice a second. */
    public static Routes start(Path directory, AdapterContext gateway) {
        return start(directory, gateway, LOOK_INTERVAL_MS);
    }

    private void begin() {
        reporting = gateway.reports().add("routes", this::report);
        follow(directory.now());
        RouteEngine made = engine;
        if (made != null) {
            log.atInfo().addKeyValue("routes", made.running()).log("routes started");
        }
        later(lookIntervalMs, this::look);
    }

    private void look() {
        try {
            follow(directory.afterChanges());
        } catch (RuntimeException | LinkageError failure) { // the next look may go better
            log.atError().setCause(failure).log("changes of the route files could not be applied");
        }
        later(lookIntervalMs, this::look);
    }

    private void follow(SortedMap<String, RouteSource> files) {
        RouteEngine made = engine;
        if (made == null && !files.isEmpty()) {
            made = new RouteEngine(gateway, this::later);
            engine = made;
        }
        if (made != null) {
            made.apply(files);
        }
    }

    /** Runs the task on the owner; after {@link #close} nothing runs any more. */
    private void later(long delayMs, Runnable task) {
        if (!closed) {
            gateway.scheduler().after(delayMs, () -> {
                try {
                    owner.execute(() -> {
                        if (!closed) {
                            task.run();
                        }
                    });
                } catch (RejectedExecutionException closing) {
                    log.atDebug().log("routes are closed already");
                }
            });
        }
    }

    private List<Map<String, String>> report() {
        RouteEngine made = engine;
        return made == null ? List.of() : made.report();
    }

    /** For tests that look behind the routes. */
    @Nullable
    RouteEngine engine() {
        return engine;
    }

    @Override
    public void close() {
        closed = true;
        try {
            CompletableFuture.runAsync(this::end, owner).join();
        } catch (RejectedExecutionException again) {
            log.atDebug().log("routes are closed already");
        } finally {
            owner.shutdown();
        }
    }

    private void end() {
        if (reporting != null) {
            reporting.close();
        }
        RouteEngine made = engine;
        if (made != null) {
            made.close();
        }
    }
}
