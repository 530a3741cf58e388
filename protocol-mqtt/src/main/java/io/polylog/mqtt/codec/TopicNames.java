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

    /** Whether a legal filter matches a legal name (MQTT 5 §4.7). */
    public static boolean matches(String filter, String name) {
        List<String> wanted = levels(filter);
        List<String> levels = levels(name);
        if (isHidden(name) && (wanted.get(0).equals("#") || wanted.get(0).equals("+"))) {
            return false; // MQTT-4.7.2-1
        }
        for (int i = 0; i < wanted.size(); i++) {
            String level = wanted.get(i);
            if (level.equals("#")) {
                return true; // also the parent level: then i is the number of the name's levels
            }
            if (i == levels.size()) {
                return false;
            }
            if (!level.equals("+") && !level.equals(levels.get(i))) {
                return false;
            }
        }
        return wanted.size() == levels.size();
    }

    /** What every name begins with that a filter matches; the whole filter if it has no wildcard. */
    public static String prefix(String filter) {
        int plus = filter.indexOf('+');
        int hash = filter.indexOf('#');
        if (plus < 0 && hash < 0) {
            return filter;
        }
        if (plus < 0 || (hash >= 0 && hash < plus)) {
            return filter.substring(0, Math.max(0, hash - 1)); // a/# also matches a
        }
        return filter.substring(0, plus);
    }

    public static boolean hasWildcard(String filter) {
        return filter.indexOf('+') >= 0 || filter.indexOf('#') >= 0;
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
