package io.polylog.engine;

import io.polylog.kv.KeyValueStore;
import java.nio.ByteBuffer;

/** The next producer id to give: durable state of the metadata group. Family {@code producer-ids}, one row. */
public final class ProducerIdState {

    static final String FAMILY = "producer-ids";
    private static final byte[] KEY = {0};

    private long next;

    void load(KeyValueStore store) {
        next = store.get(FAMILY, KEY)
                .map(value -> ByteBuffer.wrap(value).getLong())
                .orElse(0L);
    }

    long allocate(int count, ApplyContext context) {
        long first = next;
        next = Math.addExact(first, count);
        context.changes()
                .put(FAMILY, KEY, ByteBuffer.allocate(Long.BYTES).putLong(next).array());
        return first;
    }
}
