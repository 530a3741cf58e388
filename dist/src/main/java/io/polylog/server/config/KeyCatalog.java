package io.polylog.server.config;

import io.polylog.config.ConfigKey;
import io.polylog.config.NearestName;
import io.polylog.spi.ProtocolAdapterFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every key this gateway knows: its own, then those of each protocol, in the order in which users see them. */
public final class KeyCatalog {

    private final Map<String, ConfigKey<?>> byName = new LinkedHashMap<>();
    private final Map<String, ConfigKey<?>> byEnvironmentName = new LinkedHashMap<>();
    private final List<ListenerKeys> listeners;

    private KeyCatalog(List<ListenerKeys> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    /**
     * @throws IllegalStateException if two keys have the same name, or are the same environment variable
     */
    public static KeyCatalog of(List<ConfigKey<?>> ownKeys, List<ProtocolAdapterFactory> factories) {
        List<ListenerKeys> listeners = new ArrayList<>();
        List<ConfigKey<?>> keys = new ArrayList<>(ownKeys);
        for (ProtocolAdapterFactory factory : factories) {
            ListenerKeys listener = ListenerKeys.of(factory);
            listeners.add(listener);
            keys.addAll(listener.all());
            keys.addAll(factory.keys());
        }
        KeyCatalog catalog = new KeyCatalog(listeners);
        keys.forEach(catalog::add);
        return catalog;
    }

    private void add(ConfigKey<?> key) {
        ConfigKey<?> clash = byEnvironmentName.putIfAbsent(key.environmentName(), key);
        if (clash != null) {
            throw new IllegalStateException("the keys " + clash.name() + " and " + key.name() + " are both "
                    + key.environmentName() + " in the environment");
        }
        byName.put(key.name(), key);
    }

    public List<ConfigKey<?>> keys() {
        return List.copyOf(byName.values());
    }

    List<ListenerKeys> listeners() {
        return listeners;
    }

    Optional<ConfigKey<?>> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Optional<ConfigKey<?>> ofEnvironment(String variable) {
        return Optional.ofNullable(byEnvironmentName.get(variable));
    }

    Optional<String> nearestName(String written) {
        return NearestName.of(written, byName.keySet());
    }

    Optional<String> nearestVariable(String written) {
        return NearestName.of(written, byEnvironmentName.keySet());
    }
}
