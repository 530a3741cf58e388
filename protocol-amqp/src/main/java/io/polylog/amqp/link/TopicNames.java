package io.polylog.amqp.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * AMQP names as names of topics. A name of 1 to 249 characters of {@code [A-Za-z0-9._-]} is itself. Any other is escaped:
 * {@code esc.} and its UTF-8 bytes, those outside {@code [A-Za-z0-9.-]} as {@code _} and two hexadecimal digits; too long
 * a name is cut and ends with the SHA-256 of the whole. The name itself is kept in the topic's settings.
 */
final class TopicNames {
    private static final int MAX_LENGTH = 249;
    private static final String PREFIX = "esc.";

    private TopicNames() {}

    static boolean isPlain(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH || name.equals(".") || name.equals("..")) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!isPlain(c) && c != '_') {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    }

    static String topic(String name) {
        if (isPlain(name)) {
            return name;
        }
        StringBuilder escaped = new StringBuilder(PREFIX);
        for (byte b : name.getBytes(UTF_8)) {
            if (isPlain(b)) {
                escaped.append((char) b);
            } else {
                escaped.append('_').append(HexFormat.of().toHexDigits(b));
            }
        }
        if (escaped.length() <= MAX_LENGTH) {
            return escaped.toString();
        }
        String digest = sha256(name);
        return escaped.substring(0, MAX_LENGTH - digest.length() - 1) + "." + digest;
    }

    private static String sha256(String name) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
