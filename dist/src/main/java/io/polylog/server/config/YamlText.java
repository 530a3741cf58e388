package io.polylog.server.config;

/** Writes a value so that YAML reads the same text back. */
final class YamlText {

    private YamlText() {}

    static String scalar(String text) {
        boolean plain = !text.isEmpty() && text.chars().allMatch(YamlText::isPlain) && text.charAt(0) != '-';
        return plain ? text : "'" + text.replace("'", "''") + "'";
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "._-/".indexOf(c) >= 0;
    }
}
