package io.polylog.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * How commands and stored state write their fields: big-endian integers, UUIDs as two int64, texts as int32 length and
 * UTF-8, maps as int32 count and pairs in key order. Reads trust the CRC that covers them and nothing else: a length
 * beyond the buffer fails with {@link java.nio.BufferUnderflowException}.
 */
public final class Encoding {

    public static final int UUID_BYTES = 16;

    private Encoding() {}

    public static void putUuid(ByteBuffer target, UUID id) {
        target.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    public static UUID uuid(ByteBuffer source) {
        return new UUID(source.getLong(), source.getLong());
    }

    /** A key above every key that begins with a UUID: the exclusive end of a scan over all of them. */
    public static byte[] endOfUuidKeys() {
        byte[] end = new byte[UUID_BYTES + 1];
        Arrays.fill(end, (byte) 0xFF);
        return end;
    }

    /** A key above every key that begins with a text's length and the text. */
    public static byte[] endOfTextKeys() {
        return endOfUuidKeys(); // no text is so long that its length begins with 0xFF
    }

    public static void putBytes(ByteBuffer target, byte[] bytes) {
        target.putInt(bytes.length).put(bytes);
    }

    public static byte[] bytes(ByteBuffer source) {
        int length = source.getInt();
        if (length < 0 || length > source.remaining()) {
            throw new java.nio.BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        source.get(bytes);
        return bytes;
    }

    public static int sizeOf(String text) {
        return Integer.BYTES + text.getBytes(UTF_8).length;
    }

    public static void putText(ByteBuffer target, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        target.putInt(bytes.length).put(bytes);
    }

    public static String text(ByteBuffer source) {
        int length = source.getInt();
        if (length < 0 || length > source.remaining()) {
            throw new java.nio.BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        source.get(bytes);
        return new String(bytes, UTF_8);
    }

    public static int sizeOf(Map<String, String> map) {
        int size = Integer.BYTES;
        for (Map.Entry<String, String> entry : map.entrySet()) {
            size += sizeOf(entry.getKey()) + sizeOf(entry.getValue());
        }
        return size;
    }

    public static void putMap(ByteBuffer target, Map<String, String> map) {
        target.putInt(map.size());
        new TreeMap<>(map).forEach((key, value) -> {
            putText(target, key);
            putText(target, value);
        });
    }

    public static Map<String, String> map(ByteBuffer source) {
        int count = source.getInt();
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            map.put(text(source), text(source));
        }
        return map;
    }
}
