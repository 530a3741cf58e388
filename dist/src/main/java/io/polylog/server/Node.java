package io.polylog.server;

import io.polylog.camel.Routes;
import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import io.polylog.http.metrics.MicrometerMeters;
import io.polylog.metric.Meters;
import io.polylog.net.EventLoops;
import io.polylog.net.Listener;
import io.polylog.net.PortException;
import io.polylog.node.DataDirectoryException;
import io.polylog.node.Environment;
import io.polylog.node.LogKeys;
import io.polylog.node.LogNode;
import io.polylog.server.config.ListenerKeys;
import io.polylog.server.endpoint.Endpoint;
import io.polylog.server.log.LogbackLevels;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.ProtocolAdapterFactory;
import io.polylog.spi.Readiness;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log with its doors. {@link #start} opens the log, then every enabled listener, or nothing at all; {@link #close}
 * closes in the opposite order and may be called from any thread, once it counts.
 */
final class Node implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Node.class);

    private final AdapterContext context;
    private final List<Listener> listeners;

    /** What is open, the last opened first; guarded by this. */
    private final Deque<AutoCloseable> open;

    private Node(AdapterContext context, List<Listener> listeners, Deque<AutoCloseable> open) {
        this.context = context;
        this.listeners = List.copyOf(listeners);
        this.open = open;
    }

    /**
     * @throws StartFailedException if something is in the way; whatever was opened is closed again
     */
    static Node start(Settings settings, List<ProtocolAdapterFactory> factories) throws StartFailedException {
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try {
            LogNode logNode = openLog(settings, new MicrometerMeters());
            open.push(logNode);
            EventLoops loops = new EventLoops(Runtime.getRuntime().availableProcessors());
            open.push(loops);
            AdapterContext context = logNode.context(new Readiness());
            List<Listener> listeners = new ArrayList<>();
            for (ProtocolAdapterFactory factory : factories) {
                ListenerKeys keys = ListenerKeys.of(factory);
                if (settings.get(keys.enabled())) {
                    Listener listener = bind(factory, keys, settings, context, loops);
                    open.push(listener);
                    listeners.add(listener);
                }
            }
            context.readiness().ready();
            tell(settings, listeners);
            return new Node(context, listeners, open);
        } catch (StartFailedException | RuntimeException failed) {
            closeAll(open);
            throw failed;
        }
    }

    /** Only now: a start that fails is to be one sentence. */
    private static void tell(Settings settings, List<Listener> listeners) {
        for (Listener listener : listeners) {
            for (Listener.Port port : listener.ports()) {
                log.atInfo()
                        .addKeyValue("protocol", listener.protocol())
                        .addKeyValue("address", Endpoint.of(port.address()))
                        .addKeyValue("tls", port.tls().isPresent())
                        .log("listening");
            }
        }
        log.atInfo()
                .addKeyValue("version", Version.current())
                .addKeyValue("data", Path.of(settings.get(LogKeys.DATA_DIR)).toAbsolutePath())
                .addKeyValue("durability", settings.get(LogKeys.DURABILITY))
                .log("ready");
    }

    private static LogNode openLog(Settings settings, Meters meters) throws StartFailedException {
        try {
            return LogNode.open(
                    settings,
                    Environment.system(meters, LogbackLevels.ofProcess()),
                    new LogFailure(settings.get(ServerKeys.ON_JOURNAL_FAILURE)));
        } catch (DataDirectoryException unusable) {
            throw new StartFailedException(ExitCode.DATA_DIRECTORY, String.valueOf(unusable.getMessage()), unusable);
        } catch (IOException failure) {
            throw new StartFailedException(
                    ExitCode.DATA_DIRECTORY,
                    "the log in " + Path.of(settings.get(LogKeys.DATA_DIR)).toAbsolutePath() + " cannot be opened: "
                            + failure,
                    failure);
        }
    }

    private static Listener bind(
            ProtocolAdapterFactory factory,
            ListenerKeys keys,
            Settings settings,
            AdapterContext context,
            EventLoops loops)
            throws StartFailedException {
        InetSocketAddress address = new InetSocketAddress(settings.get(keys.host()), settings.get(keys.port()));
        List<Listener.Port> ports;
        try {
            ports = keys.tls().ports(settings, address, context.scheduler());
        } catch (IOException unusable) {
            throw new StartFailedException(
                    ExitCode.CONFIGURATION, keys.tls().certificate().name() + ": " + unusable.getMessage(), unusable);
        }
        try {
            return Listener.bind(
                    factory.name(),
                    ports,
                    keys.connections().limits(settings),
                    factory.create(context, settings),
                    loops,
                    context.meters());
        } catch (PortException failure) {
            boolean plain = failure.address().equals(address);
            ConfigKey<?> port = plain ? keys.port() : keys.tls().port();
            throw new StartFailedException(
                    ExitCode.PORT,
                    port.name() + " " + failure.address().getPort() + " on "
                            + address.getAddress().getHostAddress()
                            + (failure.inUse()
                                    ? " is in use by another process; stop that one, or set "
                                    : " cannot be opened (" + failure.getMessage() + "); set ")
                            + port.name() + " in the configuration, or "
                            + port.environmentName() + " in the environment, to another port",
                    failure);
        }
    }

    List<Listener> listeners() {
        return listeners;
    }

    /** Starts the routes of a directory, if there are any; takes a while, so it follows the ready line. */
    synchronized void startRoutes(Path directory, int lookIntervalMs) {
        if (context.readiness().state() != Readiness.State.READY) {
            return; // stopped meanwhile
        }
        try {
            open.push(Routes.start(directory, context, lookIntervalMs));
        } catch (RuntimeException failure) { // the doors are worth keeping open without the routes
            log.atError().addKeyValue("directory", directory).setCause(failure).log("routes could not be started");
        }
    }

    @Override
    public synchronized void close() {
        context.readiness().stopping();
        log.atInfo().log("stopping");
        closeAll(open);
        log.atInfo().log("stopped");
    }

    private static void closeAll(Deque<AutoCloseable> open) {
        while (!open.isEmpty()) {
            AutoCloseable last = open.pop();
            try {
                last.close();
            } catch (Exception failure) { // one that cannot be closed must not keep the log open
                log.atError()
                        .addKeyValue("part", last.getClass().getSimpleName())
                        .setCause(failure)
                        .log("could not be closed cleanly");
            }
        }
    }
}
