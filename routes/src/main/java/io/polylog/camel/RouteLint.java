package io.polylog.camel;

import io.polylog.camel.lint.Fault;
import io.polylog.camel.lint.FileCheck;
import io.polylog.camel.lint.Reasons;
import io.polylog.camel.lint.RouteFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;

/**
 * Says what is wrong with route files, in the same words whether a gateway loads them or a user asks before it does.
 * Nothing is started and nothing outside is asked for anything: a far side that is down is no fault. One thread at a
 * time; the first check takes about a second.
 */
public final class RouteLint {

    private final FileCheck check = new FileCheck();

    RouteLint() {}

    /**
     * Checks files as the only ones of a gateway.
     *
     * @return in the order of the files, with the names as they were given; empty if all can be used
     */
    public static List<Fault> check(List<Path> files) {
        RouteLint lint = new RouteLint();
        List<Fault> faults = new ArrayList<>();
        Map<String, String> owners = new HashMap<>();
        for (Path path : files) {
            RouteSource source = RouteSource.read(path.toString(), path);
            lint.check(source, faults).ifPresent(file -> {
                faults.addAll(foreign(file, owners));
                names(file).keySet().forEach(name -> owners.putIfAbsent(name, file.name()));
            });
        }
        return faults;
    }

    /**
     * The route files of a directory, as a gateway would find them.
     *
     * @throws IOException if it cannot be read
     */
    public static List<Path> files(Path directory) throws IOException {
        return RouteDirectory.list(directory);
    }

    /** The file if it can be used by itself; otherwise {@code faults} says why not. */
    Optional<RouteFile> check(RouteSource source, List<Fault> faults) {
        if (source.unreadable() != null) {
            faults.add(source.unreadable());
            return Optional.empty();
        }
        List<Fault> found = new ArrayList<>();
        Optional<RouteFile> file = RouteFile.parse(source.name(), source.text(), found);
        file.ifPresent(parsed -> check(parsed, found));
        faults.addAll(found);
        return found.isEmpty() ? file : Optional.empty();
    }

    private void check(RouteFile file, List<Fault> faults) {
        check.structure(file, faults);
        if (!faults.isEmpty()) {
            return;
        }
        try (DefaultCamelContext scratch = RouteContext.create(PolylogComponent.detached())) {
            List<RouteDefinition> definitions;
            try {
                definitions = RouteContext.definitions(scratch, file);
            } catch (Exception unusable) { // Camel declares no narrower one
                faults.add(new Fault(
                        file.name(),
                        1,
                        "Camel cannot read the file: " + Reasons.of(unusable),
                        "correct what the message names"));
                return;
            }
            check.content(scratch, file, faults);
            if (faults.isEmpty()) {
                definitions.forEach(definition -> build(scratch, file, definition, faults));
            }
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Makes the route's processors, which is where Camel finds the rest of what can be wrong. */
    private static void build(
            DefaultCamelContext scratch, RouteFile file, RouteDefinition definition, List<Fault> faults) {
        try {
            scratch.getCamelContextExtension()
                    .getContextPlugin(Model.class)
                    .getModelReifierFactory()
                    .createRoute(scratch, definition);
        } catch (Exception unusable) { // any of Camel's
            RouteFile.Declared route = file.routes().get(definition.getId());
            faults.add(new Fault(
                    file.name(),
                    route == null ? 1 : route.line(),
                    "the route '" + definition.getId() + "' cannot be made: " + Reasons.of(unusable),
                    "correct what the message names"));
        }
    }

    /**
     * What the file declares that another owns.
     *
     * @param owners name of the file by what {@link #names} calls it
     */
    static List<Fault> foreign(RouteFile file, Map<String, String> owners) {
        List<Fault> faults = new ArrayList<>();
        names(file).forEach((name, line) -> {
            String owner = owners.get(name);
            if (owner != null && !owner.equals(file.name())) {
                faults.add(new Fault(
                        file.name(), line, "the " + name + " is used in " + owner + " already", "choose another"));
            }
        });
        return faults;
    }

    /** What only one file may declare, with the line where this one does. */
    static Map<String, Integer> names(RouteFile file) {
        Map<String, Integer> names = new HashMap<>();
        file.routes().values().forEach(route -> names.put("route id '" + route.id() + "'", route.line()));
        file.beans().forEach((bean, line) -> names.put("bean name '" + bean + "'", line));
        return names;
    }
}
