package io.polylog.log;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.NoSuchAlgorithmException;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;

/**
 * The last offset of each key, in so many bytes and no more: Kafka's own map, which knows keys by their digests, 24 bytes
 * each. One thread.
 */
final class KeyOffsets {

    private static final int BYTES_PER_KEY = 24;

    /** Beyond it looking keys up becomes slow. */
    private static final double MAX_LOAD = 0.9;

    private static final int MIN_KEYS = 16;

    private final SkimpyOffsetMap map;
    private final int mostKeys;

    /**
     * @param keys how many there are at most
     * @param maxBytes memory that may be taken: if it does not suffice, the map becomes full
     */
    KeyOffsets(long keys, int maxBytes) {
        long slots = (long) Math.ceil(Math.max(MIN_KEYS, keys) / MAX_LOAD);
        long wanted = slots * BYTES_PER_KEY;
        try {
            map = new SkimpyOffsetMap((int) Math.min(wanted, maxBytes));
        } catch (NoSuchAlgorithmException impossible) { // every JVM has MD5
            throw new IllegalStateException(impossible);
        }
        mostKeys = Math.max(1, (int) (map.slots() * MAX_LOAD));
    }

    boolean isFull() {
        return map.size() >= mostKeys;
    }

    void put(ByteBuffer key, long offset) {
        try {
            map.put(key, offset);
        } catch (DigestException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** -1 if the key is not here. */
    long get(ByteBuffer key) {
        try {
            return map.get(key);
        } catch (DigestException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
