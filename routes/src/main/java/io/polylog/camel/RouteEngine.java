package io.polylog.camel;

import io.polylog.camel.lint.Fault;
import io.polylog.camel.lint.RouteFile;
import io.polylog.spi.AdapterContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.impl.DefaultCamelContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the running routes follow the files. A file counts whole or not at all: one with a fault changes nothing, its
 * previous version runs on, and the faults are logged and reported until it is corrected. Owned by one thread; only
 * {@link #report} may be called from any.
 */
final class RouteEngine implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RouteEngine.class);

    /** What is known of a file: as it was read last, what is wrong with that, and what runs. */
    private record Known(
            RouteSource source,
            List<Fault> faults,
            boolean foreign,
            @Nullable RouteFile running) {}

    private final RouteLint lint = new RouteLint();
    private final RunningRoutes routes;
    private final Map<String, Known> files = new TreeMap<>();
    private volatile List<Known> published = List.of();

    RouteEngine(AdapterContext gateway, RunningRoutes.Later later) {
        this.routes = new RunningRoutes(gateway, later);
    }

    /** Makes the routes what these files say, by name; returns when they are, or when those with faults are refused. */
    void apply(SortedMap<String, RouteSource> sources) {
        for (String name : List.copyOf(files.keySet())) {
            if (!sources.containsKey(name)) {
                remove(name);
            }
        }
        SortedSet<String> due = new TreeSet<>();
        sources.forEach((name, source) -> {
            Known known = files.get(name);
            if (known == null || !known.source().equals(source)) {
                due.add(name);
            }
        });
        boolean changed = !due.isEmpty() || files.size() != published.size();
        // A file that was refused for what another declares is tried again whenever another has changed.
        while (changed) {
            changed = false;
            due.addAll(refusedForOthers());
            for (String name : List.copyOf(due)) {
                due.remove(name);
                changed |= apply(name, sources.get(name));
            }
            published = List.copyOf(files.values());
        }
    }

    private List<String> refusedForOthers() {
        return files.entrySet().stream()
                .filter(file -> file.getValue().foreign())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Whether what runs has changed. */
    private boolean apply(String name, @Nullable RouteSource source) {
        if (source == null) {
            return false;
        }
        Known known = files.get(name);
        RouteFile before = known == null ? null : known.running();
        List<Fault> faults = new ArrayList<>();
        Optional<RouteFile> checked = lint.check(source, faults);
        boolean foreign = false;
        RouteFile running = before;
        if (checked.isPresent()) {
            faults.addAll(RouteLint.foreign(checked.get(), owners(name)));
            foreign = !faults.isEmpty();
            if (!foreign) {
                running = replace(before, checked.get(), faults);
            }
        }
        files.put(name, new Known(source, faults, foreign, running));
        if (known == null || !known.faults().equals(faults)) {
            faults.forEach(fault -> log.atError()
                    .addKeyValue("fault", fault)
                    .log(
                            before == null
                                    ? "route file cannot be used: none of its routes runs"
                                    : "route file cannot be used: its previous version runs on"));
        }
        return running != before;
    }

    private @Nullable RouteFile replace(@Nullable RouteFile before, RouteFile after, List<Fault> faults) {
        try {
            routes.replace(before, after);
            log.atInfo()
                    .addKeyValue("file", after.name())
                    .addKeyValue("routes", after.ids())
                    .log(before == null ? "route file loaded" : "route file loaded again");
            return after;
        } catch (RunningRoutes.StartException failed) {
            RouteFile.Declared route = after.routes().get(failed.routeId());
            faults.add(new Fault(
                    after.name(),
                    route == null ? 1 : route.line(),
                    "the route '" + failed.routeId() + "' did not start: " + failed.getMessage(),
                    "correct what the message names"));
            return before;
        }
    }

    /** Which file owns what, but for one file. */
    private Map<String, String> owners(String but) {
        Map<String, String> owners = new HashMap<>();
        files.forEach((name, known) -> {
            RouteFile running = known.running();
            if (running != null && !name.equals(but)) {
                RouteLint.names(running).keySet().forEach(what -> owners.put(what, name));
            }
        });
        return owners;
    }

    private void remove(String name) {
        Known gone = files.remove(name);
        if (gone != null && gone.running() != null) {
            routes.remove(gone.running());
            log.atInfo()
                    .addKeyValue("file", name)
                    .addKeyValue("routes", gone.running().ids())
                    .log("route file is gone: its routes are stopped");
        }
    }

    int running() {
        return routes.running();
    }

    DefaultCamelContext camel() {
        return routes.camel();
    }

    /** A row for each route, and one for each fault of a file that was refused. */
    List<Map<String, String>> report() {
        List<Map<String, String>> rows = new ArrayList<>();
        for (Known known : published) {
            RouteFile running = known.running();
            if (running != null) {
                running.ids().forEach(id -> rows.add(row(running.name(), id, routes.status(id))));
            }
            for (Fault fault : known.faults()) {
                Map<String, String> row = new LinkedHashMap<>();
                row.put("file", fault.file());
                row.put("route", "");
                row.put("state", "refused");
                row.put("reason", fault.toString());
                rows.add(row);
            }
        }
        return rows;
    }

    private static Map<String, String> row(String file, String id, RunningRoutes.Status status) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("file", file);
        row.put("route", id);
        row.put("state", status.state());
        row.put("from", status.from());
        row.put("total", Long.toString(status.tally().total()));
        row.put("failed", Long.toString(status.tally().failed()));
        row.put("inFlight", Integer.toString(status.tally().inFlight()));
        row.put("lastFailure", status.tally().lastFailure());
        row.put("reason", status.reason());
        return row;
    }

    @Override
    public void close() {
        routes.close();
    }
}
