package io.polylog.security;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What names may be, and how several of them make the text of a row. */
final class Names {

    /** Longest name, in characters: subjects of certificates are the longest there are. */
    static final int MAX_LENGTH = 1024;

    private Names() {}

    static void check(String what, String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a " + what + " has 1 to " + MAX_LENGTH + " characters, not " + name.length());
        }
    }

    /** The fields, in order, with a space between two; {@link #fields} gives them back whatever is in them. */
    static String row(Object... fields) {
        List<String> encoded = new ArrayList<>(fields.length);
        for (Object field : fields) {
            encoded.add(URLEncoder.encode(String.valueOf(field), StandardCharsets.UTF_8));
        }
        return String.join(" ", encoded);
    }

    static String[] fields(String row) {
        String[] fields = row.split(" ", -1);
        for (int i = 0; i < fields.length; i++) {
            fields[i] = URLDecoder.decode(fields[i], StandardCharsets.UTF_8);
        }
        return fields;
    }
}
