package io.polylog.engine;

import io.polylog.kv.KeyValueStore;
import java.nio.ByteBuffer;

/** The next producer id to give: durable state of the metadata group. Family {@code producer-ids}, one row. */
public final class ProducerIdState {

    static final String FAMILY = "producer-ids";
    private static final byte[] KEY = {0};

    private long next;

    void load(KeyValueStore store) {
        byte[] value = store.get(FAMILY, KEY);
        next = value == null ? 0 : ByteBuffer.wrap(value).getLong();
    }

    long allocate(int count, ApplyContext context) {
        long first = next;
        next = Math.addExact(first, count);
        context.changes()
                .put(FAMILY, KEY, ByteBuffer.allocate(Long.BYTES).putLong(next).array());
        return first;
    }
}
