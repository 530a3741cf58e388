package io.polylog.amqp.message;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The header {@code polylog-types}: {@code name:type,name:type}. In a name, {@code %}, {@code ,} and control characters
 * are written as {@code %} and two hexadecimal digits; the type is what follows the last colon.
 */
final class HeaderTypes {
    private HeaderTypes() {}

    static String format(Map<String, String> types) {
        StringBuilder text = new StringBuilder();
        types.forEach((name, type) -> {
            if (text.length() > 0) {
                text.append(',');
            }
            for (int i = 0; i < name.length(); i++) {
                char c = name.charAt(i);
                if (c == '%' || c == ',' || c < 0x20) {
                    text.append('%').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
                } else {
                    text.append(c);
                }
            }
            text.append(':').append(type);
        });
        return text.toString();
    }

    /** Entries that cannot be read are left out: a record may come from anybody. */
    static Map<String, String> parse(String text) {
        Map<String, String> types = new LinkedHashMap<>();
        for (String entry : text.split(",", -1)) {
            int colon = entry.lastIndexOf(':');
            if (colon >= 0) {
                types.put(unescape(entry.substring(0, colon)), entry.substring(colon + 1));
            }
        }
        return types;
    }

    private static String unescape(String name) {
        if (name.indexOf('%') < 0) {
            return name;
        }
        StringBuilder plain = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '%' && i + 2 < name.length()) {
                int high = Character.digit(name.charAt(i + 1), 16);
                int low = Character.digit(name.charAt(i + 2), 16);
                if (high >= 0 && low >= 0) {
                    plain.append((char) (high << 4 | low));
                    i += 2;
                    continue;
                }
            }
            plain.append(c);
        }
        return plain.toString();
    }
}
