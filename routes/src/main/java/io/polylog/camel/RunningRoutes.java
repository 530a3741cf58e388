package io.polylog.camel;

import io.polylog.camel.lint.Reasons;
import io.polylog.camel.lint.RouteFile;
import io.polylog.spi.AdapterContext;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.camel.ServiceStatus;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Camel context in which all routes run: replaces those of a file that have changed, and those only. Owned by one
 * thread; {@link #status} may be called from any.
 *
 * <p>A route whose far side is down when it starts is tried again, after a second at first and at most every minute.
 */
final class RunningRoutes implements AutoCloseable {

    private static final int FIRST_RETRY_MS = 1_000;
    private static final int MAX_RETRY_MS = 60_000;

    private static final Logger log = LoggerFactory.getLogger(RunningRoutes.class);

    /** A route did not start, for a reason that will not go away by itself. */
    static final class StartException extends Exception {
        private final String routeId;

        StartException(String routeId, Throwable cause) {
            super(Reasons.of(cause), cause);
            this.routeId = routeId;
        }

        String routeId() {
            return routeId;
        }
    }

    /** Runs a task later, on the thread that owns the routes. */
    @FunctionalInterface
    interface Later {
        void after(long delayMs, Runnable task);
    }

    /**
     * How a route is.
     *
     * @param state {@code running}, {@code waiting} or {@code stopped}
     * @param reason why it waits, or an empty text
     * @param from its input, without options
     */
    record Status(String state, String reason, String from, RouteTally tally) {}

    private record Waiting(String reason, int retryMs) {}

    private final DefaultCamelContext camel;
    private final RouteBeans beans;
    private final Later later;
    private final Map<String, RouteTally> tallies = new ConcurrentHashMap<>();
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
    private final Map<String, String> inputs = new ConcurrentHashMap<>();

    RunningRoutes(AdapterContext gateway, Later later) {
        this.later = later;
        this.camel = RouteContext.create(new PolylogComponent(gateway));
        this.beans = new RouteBeans(camel.getRegistry());
        camel.addRoutePolicyFactory((context, routeId, route) -> {
            RouteTally tally = new RouteTally();
            tallies.put(routeId, tally);
            return tally;
        });
        camel.start();
    }

    /**
     * Runs the routes of {@code after} where those of {@code before} ran. A route that says the same in both goes on
     * without noticing. If one does not start, those of {@code before} are put back.
     *
     * @param before null if the file is new
     */
    void replace(@Nullable RouteFile before, RouteFile after) throws StartException {
        Set<String> same = new HashSet<>();
        if (before != null) {
            after.routes().forEach((id, route) -> {
                RouteFile.Declared other = before.routes().get(id);
                if (other != null && other.content().equals(route.content()) && camel.getRoute(id) != null) {
                    same.add(id);
                }
            });
            stop(before, same);
        }
        try {
            start(before, after, same);
        } catch (StartException failed) {
            stop(after, same);
            if (before != null) {
                putBack(after, before, same);
            }
            throw failed;
        }
    }

    private void putBack(RouteFile refused, RouteFile before, Set<String> same) {
        try {
            start(refused, before, same);
        } catch (StartException again) { // it ran a moment ago, so what it needs has gone meanwhile
            log.atError()
                    .addKeyValue("file", before.name())
                    .addKeyValue("route", again.routeId())
                    .addKeyValue("cause", again.getMessage())
                    .log("previous version of a route could not be started again");
        }
    }

    /** Stops the routes of a file for good. */
    void remove(RouteFile file) {
        stop(file, Set.of());
        beans.drop(file);
    }

    private void start(@Nullable RouteFile last, RouteFile file, Set<String> same) throws StartException {
        Set<String> todo = new LinkedHashSet<>(file.ids());
        todo.removeAll(same);
        Map<String, Object> kept = beans.keep(last, file);
        String starting = file.ids().isEmpty() ? file.name() : file.ids().get(0);
        try {
            List<RouteDefinition> definitions = RouteContext.definitions(camel, file);
            kept.forEach((name, bean) -> camel.getRegistry().bind(name, bean));
            for (RouteDefinition definition : definitions) {
                if (todo.contains(definition.getId())) {
                    starting = definition.getId();
                    add(definition);
                }
            }
        } catch (Exception failure) { // Camel declares no narrower one
            throw new StartException(starting, failure);
        }
    }

    private void add(RouteDefinition definition) throws Exception {
        String id = definition.getId();
        String wanted = definition.getAutoStartup();
        boolean autoStart = wanted == null || Boolean.parseBoolean(camel.resolvePropertyPlaceholders(wanted));
        definition.setAutoStartup("false");
        inputs.put(id, withoutOptions(definition.getInput().getEndpointUri()));
        camel.addRouteDefinitions(List.of(definition));
        if (autoStart) {
            try {
                camel.getRouteController().startRoute(id);
            } catch (Exception failure) { // Camel declares no narrower one
                if (!FarSide.isDown(failure)) {
                    throw failure;
                }
                await(id, failure, FIRST_RETRY_MS);
            }
        }
    }

    private static String withoutOptions(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

    private void await(String id, Exception failure, int retryMs) {
        Waiting entry = new Waiting(Reasons.of(failure), retryMs);
        waiting.put(id, entry);
        log.atWarn()
                .addKeyValue("route", id)
                .addKeyValue("retry-in-ms", retryMs)
                .addKeyValue("cause", entry.reason())
                .log("route waits for its far side, which cannot be reached");
        later.after(retryMs, () -> retry(id, entry));
    }

    private void retry(String id, Waiting entry) {
        if (!waiting.remove(id, entry)) {
            return; // stopped or replaced meanwhile
        }
        try {
            camel.getRouteController().stopRoute(id, RouteContext.STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
            camel.getRouteController().startRoute(id);
            log.atInfo().addKeyValue("route", id).log("route has reached its far side");
        } catch (Exception failure) { // Camel declares no narrower one
            await(id, failure, Math.min(MAX_RETRY_MS, entry.retryMs() * 2));
        }
    }

    /** Stops the routes of a file but for those. */
    private void stop(RouteFile file, Set<String> but) {
        for (String id : file.ids()) {
            if (!but.contains(id)) {
                stop(id);
            }
        }
    }

    private void stop(String id) {
        waiting.remove(id);
        try {
            if (camel.getRoute(id) != null) {
                camel.getRouteController().stopRoute(id, RouteContext.STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
                camel.removeRoute(id);
            }
            RouteDefinition definition = camel.getRouteDefinition(id);
            if (definition != null) {
                camel.removeRouteDefinition(definition);
            }
        } catch (Exception stuck) { // Camel declares no narrower one
            log.atError().addKeyValue("route", id).setCause(stuck).log("route could not be removed");
        }
        tallies.remove(id);
        inputs.remove(id);
    }

    int running() {
        return camel.getRoutesSize();
    }

    Status status(String id) {
        Waiting entry = waiting.get(id);
        ServiceStatus status = camel.getRouteController().getRouteStatus(id);
        String state = entry != null ? "waiting" : status == ServiceStatus.Started ? "running" : "stopped";
        return new Status(
                state,
                entry == null ? "" : entry.reason(),
                inputs.getOrDefault(id, ""),
                tallies.getOrDefault(id, new RouteTally()));
    }

    DefaultCamelContext camel() {
        return camel;
    }

    @Override
    public void close() {
        waiting.clear();
        camel.stop();
    }
}
