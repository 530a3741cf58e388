package io.polylog.engine;

import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KeyWriter;
import io.polylog.kv.KvIterator;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * How far one group has taken the transfers of each other group, so that none takes effect twice. Family {@code inbox}: key
 * int32 source group; value int64 highest sequence number taken. Apply thread.
 */
public final class Inbox {

    static final String FAMILY = "inbox";

    private final Map<Integer, Long> highest = new HashMap<>();

    void load(KeyValueStore store) {
        try (KvIterator rows = store.scan(FAMILY, new byte[0], Encoding.endOfUuidKeys())) {
            while (rows.next()) {
                highest.put(
                        ByteBuffer.wrap(rows.key()).getInt(),
                        ByteBuffer.wrap(rows.value()).getLong());
            }
        }
    }

    /** Every transfer of that group up to here has been taken; 0 if none has. */
    long highest(int source) {
        return highest.getOrDefault(source, 0L);
    }

    void took(int source, long sequence, ApplyContext context) {
        highest.put(source, sequence);
        context.changes()
                .put(
                        FAMILY,
                        new KeyWriter().int32(source).toBytes(),
                        ByteBuffer.allocate(Long.BYTES).putLong(sequence).array());
    }
}
