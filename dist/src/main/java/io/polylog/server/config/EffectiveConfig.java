package io.polylog.server.config;

import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import java.util.HashMap;
import java.util.Map;

/** Checked values for every key of a catalog, each with its origin. */
public final class EffectiveConfig {

    /** The origin of a value that nobody wrote. */
    static final String DEFAULT_ORIGIN = "default";

    private final KeyCatalog catalog;
    private final Map<String, ConfigEntry> written;
    private final Settings settings;

    EffectiveConfig(KeyCatalog catalog, Map<String, ConfigEntry> written) {
        this.catalog = catalog;
        this.written = Map.copyOf(written);
        Map<String, String> texts = new HashMap<>();
        written.forEach((name, entry) -> texts.put(name, entry.text()));
        this.settings = Settings.of(texts);
    }

    public Settings settings() {
        return settings;
    }

    /** One line per key, {@code name: value  # origin}: valid YAML that says where each value comes from. */
    public String describe() {
        StringBuilder lines = new StringBuilder();
        for (ConfigKey<?> key : catalog.keys()) {
            ConfigEntry entry = written.get(key.name());
            String text = entry == null ? key.defaultText() : entry.text();
            String origin = entry == null ? DEFAULT_ORIGIN : entry.origin();
            lines.append(key.name())
                    .append(": ")
                    .append(YamlText.scalar(text))
                    .append("  # ")
                    .append(origin)
                    .append('\n');
        }
        return lines.toString();
    }
}
