package io.polylog.mqtt.codec;

import java.util.ArrayList;
import java.util.List;

/** What MQTT topic names and topic filters may look like (MQTT 5 §4.7). Stateless. */
public final class TopicNames {

    /** Most levels of a name or filter: bounds the depth of every walk over them. */
    public static final int MAX_LEVELS = 128;

    /** Longest name or filter in bytes of UTF-8 (MQTT 5 §1.5.4). */
    public static final int MAX_BYTES = 65_535;

    private static final String SHARE_PREFIX = "$share/";

    private TopicNames() {}

    /**
     * Whether a name may be published to: not empty, no wildcards, no control characters (which MQTT 5 §1.5.4 lets a
     * server refuse), at most {@link #MAX_LEVELS} levels. Its length in bytes is the caller's business.
     */
    public static boolean isName(String name) {
        if (name.isEmpty()) {
            return false;
        }
        int levels = 1;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '/') {
                levels++;
            } else if (c == '+' || c == '#' || isControl(c)) {
                return false;
            }
        }
        return levels <= MAX_LEVELS;
    }

    /** Whether {@code filter} is a legal topic filter: wildcards fill a level, {@code #} is the last (MQTT 5 §4.7.1). */
    public static boolean isFilter(String filter) {
        if (filter.isEmpty()) {
            return false;
        }
        int levels = 1;
        int length = filter.length();
        for (int i = 0; i < length; i++) {
            char c = filter.charAt(i);
            boolean startsLevel = i == 0 || filter.charAt(i - 1) == '/';
            boolean endsLevel = i == length - 1 || filter.charAt(i + 1) == '/';
            if (c == '/') {
                levels++;
            } else if (c == '#' && !(startsLevel && i == length - 1)) {
                return false;
            } else if (c == '+' && !(startsLevel && endsLevel)) {
                return false;
            } else if (isControl(c)) {
                return false;
            }
        }
        return levels <= MAX_LEVELS;
    }

    /** Whether a filter asks for a shared subscription (MQTT 5 §4.8.2). */
    public static boolean isShared(String filter) {
        return filter.startsWith(SHARE_PREFIX);
    }

    /** Whether wildcards at the first level leave a name alone: {@code $} by MQTT-4.7.2-1, {@code __} by our mapping. */
    public static boolean isHidden(String name) {
        return name.startsWith("$") || name.startsWith("__");
    }

    /** The levels between the slashes; empty ones count. */
    public static List<String> levels(String text) {
        List<String> levels = new ArrayList<>(8);
        int start = 0;
        int slash;
        while ((slash = text.indexOf('/', start)) >= 0) {
            levels.add(text.substring(start, slash));
            start = slash + 1;
        }
        levels.add(text.substring(start));
        return levels;
    }

    public static String firstLevel(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? text : text.substring(0, slash);
    }

    private static boolean isControl(char c) {
        return c < 0x20 || (c >= 0x7F && c <= 0x9F);
    }
}
