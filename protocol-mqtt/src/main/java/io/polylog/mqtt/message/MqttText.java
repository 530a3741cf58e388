package io.polylog.mqtt.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.mqtt.codec.TopicNames;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Bytes of a record as the text that MQTT carries, and back. */
final class MqttText {

    private static final String BASE64_PREFIX = "base64:";

    private MqttText() {}

    /** The text, or null if the bytes are not UTF-8: a replacement character is looked at twice. */
    static @Nullable String strictUtf8(byte[] bytes) {
        String text = new String(bytes, UTF_8);
        if (text.indexOf('\uFFFD') >= 0 && !Arrays.equals(bytes, text.getBytes(UTF_8))) {
            return null;
        }
        return text;
    }

    /** Text that fits an MQTT string: no U+0000, no lone surrogates, at most 65,535 bytes (MQTT 5 §1.5.4). */
    static boolean isMqttText(String text) {
        int bytes = 0;
        int i = 0;
        while (i < text.length() && bytes <= TopicNames.MAX_BYTES) {
            int point = text.codePointAt(i);
            if (point == 0 || isSurrogate(point)) {
                return false;
            }
            bytes += bytesOf(point);
            i += Character.charCount(point);
        }
        return bytes <= TopicNames.MAX_BYTES;
    }

    private static boolean isSurrogate(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }

    private static int bytesOf(int point) {
        if (point < 0x80) {
            return 1;
        }
        return point < 0x800 ? 2 : 2 + Character.charCount(point);
    }

    /** Bytes as text; {@code base64:} before those that are not. */
    static String text(byte[] value) {
        String text = strictUtf8(value);
        return text != null && text.indexOf('\0') < 0
                ? text
                : BASE64_PREFIX + Base64.getEncoder().encodeToString(value);
    }

    /** What {@link #text} was made of. */
    static byte[] bytes(String text) {
        if (text.startsWith(BASE64_PREFIX)) {
            try {
                return Base64.getDecoder().decode(text.substring(BASE64_PREFIX.length()));
            } catch (IllegalArgumentException notBase64) {
                return text.getBytes(UTF_8); // then it is what it says
            }
        }
        return text.getBytes(UTF_8);
    }
}
