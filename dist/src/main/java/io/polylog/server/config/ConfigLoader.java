package io.polylog.server.config;

import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the file, lets the environment override it, and checks every value against its key. It looks at everything
 * before it complains, so that one start shows all faults.
 */
public final class ConfigLoader {

    static final String PREFIX = "POLYLOG_";

    /** Variables that are read before there is a configuration: by the launcher, and by the project's own checks. */
    private static final Set<String> NOT_KEYS = Set.of(
            "POLYLOG_HOME",
            "POLYLOG_CONFIG",
            "POLYLOG_HEAP",
            "POLYLOG_JVM_OPTS",
            "POLYLOG_CLASS_ARCHIVE",
            "POLYLOG_JAVA25_HOME");

    private final KeyCatalog catalog;
    private final List<String> faults = new ArrayList<>();
    /** A key has a value that means nothing. */
    private boolean unreadable;

    private final Map<String, ConfigEntry> values = new LinkedHashMap<>();

    private ConfigLoader(KeyCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * @param file the configuration file, if there is one
     * @param environment all variables; those that do not begin with {@code POLYLOG_} are not looked at
     * @throws ConfigException with every fault found
     */
    public static EffectiveConfig load(KeyCatalog catalog, Optional<Path> file, Map<String, String> environment) {
        ConfigLoader loader = new ConfigLoader(catalog);
        file.ifPresent(loader::readFile);
        loader.readEnvironment(environment);
        if (!loader.unreadable) {
            loader.checkListeners();
        }
        if (!loader.faults.isEmpty()) {
            throw new ConfigException(loader.faults);
        }
        return new EffectiveConfig(catalog, loader.values);
    }

    private void readFile(Path file) {
        for (ConfigEntry entry : YamlSource.read(file, faults)) {
            Optional<ConfigKey<?>> key = catalog.named(entry.name());
            if (key.isEmpty()) {
                faults.add(unknown(entry.origin() + ": ", entry.name(), catalog.nearestName(entry.name())));
            } else if (values.containsKey(entry.name())) {
                faults.add(entry.origin() + ": " + entry.name() + " stands twice, first at "
                        + values.get(entry.name()).origin() + "; remove one");
            } else {
                accept(key.get(), entry);
            }
        }
    }

    private void readEnvironment(Map<String, String> environment) {
        new TreeMap<>(environment).forEach((variable, text) -> {
            // An empty variable is one that a script or a container file left unset.
            if (!variable.startsWith(PREFIX) || NOT_KEYS.contains(variable) || text.isEmpty()) {
                return;
            }
            Optional<ConfigKey<?>> key = catalog.ofEnvironment(variable);
            if (key.isEmpty()) {
                faults.add(unknown("environment: ", variable, catalog.nearestVariable(variable)));
            } else {
                accept(key.get(), new ConfigEntry(key.get().name(), text, variable));
            }
        });
    }

    private static String unknown(String place, String name, Optional<String> nearest) {
        return place + name + " is not a key"
                + nearest.map(known -> "; did you mean " + known + "?")
                        .orElse("; \"polylog config\" lists the keys there are");
    }

    private void accept(ConfigKey<?> key, ConfigEntry entry) {
        values.put(key.name(), entry);
        try {
            Object unused = key.parser().apply(entry.text());
        } catch (IllegalArgumentException refused) {
            unreadable = true;
            faults.add(entry.origin() + ": " + key.name() + " is \"" + printable(entry.text()) + "\", but "
                    + (refused.getMessage() == null ? "is not accepted" : sentence(refused.getMessage())));
        }
    }

    /** Parsers speak of the value: "must be ..." or "would be ..."; both read well after "but it". */
    private static String sentence(String reason) {
        return "it " + reason;
    }

    private static String printable(String text) {
        String oneLine = text.replaceAll("\\p{Cntrl}", "?");
        return oneLine.length() <= 100 ? oneLine : oneLine.substring(0, 100) + "...";
    }

    /** What no key can see alone: at least one door is open, and no two want the same port. */
    private void checkListeners() {
        Map<String, String> texts = new HashMap<>();
        values.forEach((name, entry) -> texts.put(name, entry.text()));
        Settings settings = Settings.of(texts);
        Map<String, String> byPort = new HashMap<>();
        boolean anyEnabled = false;
        for (ListenerKeys listener : catalog.listeners()) {
            if (!settings.get(listener.enabled())) {
                continue;
            }
            anyEnabled = true;
            faults.addAll(listener.faults(settings));
            String host = settings.get(listener.host());
            listener.numbers(settings).forEach((name, port) -> {
                String other = byPort.putIfAbsent(host + " " + port, name);
                if (other != null) {
                    faults.add(other + " and " + name + " are both " + port + "; give one of them another port");
                }
            });
        }
        if (!anyEnabled && !catalog.listeners().isEmpty()) {
            faults.add("every listener is disabled, so nobody could connect; leave at least one enabled");
        }
    }
}
