package io.polylog.server.config;

import io.polylog.config.ConfigKey;

/** The configuration file as it is shipped: every key with its meaning and default, all commented out. */
public final class ConfigTemplate {

    private static final int LINE_WIDTH = 110;

    private ConfigTemplate() {}

    public static String render(KeyCatalog catalog) {
        StringBuilder out = new StringBuilder();
        out.append("""
                # Polylog reads this file at start. Everything is optional: what is commented out has the default shown.
                # Each key can also be set in the environment, which wins over this file: kafka.port is POLYLOG_KAFKA_PORT.
                # "polylog config" prints what is in effect, and where it comes from.
                """);
        String block = "";
        for (ConfigKey<?> key : catalog.keys()) {
            int dot = key.name().indexOf('.');
            String blockOfKey = dot < 0 ? "" : key.name().substring(0, dot);
            out.append('\n');
            if (!blockOfKey.equals(block)) {
                block = blockOfKey;
                out.append(block).append(":\n");
            }
            String indent = dot < 0 ? "" : "  ";
            appendComment(out, indent + "# ", key.doc());
            out.append(indent)
                    .append('#')
                    .append(key.name().substring(dot + 1))
                    .append(": ")
                    .append(YamlText.scalar(key.defaultText()))
                    .append('\n');
        }
        return out.toString();
    }

    private static void appendComment(StringBuilder out, String start, String text) {
        int column = 0;
        for (String word : text.split(" ")) {
            if (column > 0 && column + 1 + word.length() > LINE_WIDTH) {
                out.append('\n');
                column = 0;
            }
            String separator = column == 0 ? start : " ";
            out.append(separator).append(word);
            column += separator.length() + word.length();
        }
        out.append('\n');
    }
}
