package io.polylog.engine;

import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KeyWriter;
import io.polylog.kv.KvIterator;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * How consumer and share groups are set up, as far as somebody said so: durable state of the metadata group. Family {@code
 * group-configs}: key group id; value settings. Apply thread.
 */
public final class GroupConfigState {

    static final String FAMILY = "group-configs";

    private final Map<String, Map<String, String>> byGroup = new HashMap<>();

    void load(KeyValueStore store) {
        // A key begins with the length of a text, so it is below this.
        try (KvIterator rows = store.scan(FAMILY, new byte[0], new byte[] {(byte) 0xFF})) {
            while (rows.next()) {
                byGroup.put(Encoding.text(ByteBuffer.wrap(rows.key())), Encoding.map(ByteBuffer.wrap(rows.value())));
            }
        }
    }

    /** A copy of all, by group id. */
    public Map<String, Map<String, String>> all() {
        return Map.copyOf(byGroup);
    }

    void put(String groupId, Map<String, String> config, ApplyContext context) {
        byte[] key = new KeyWriter().text(groupId).toBytes();
        if (config.isEmpty()) {
            byGroup.remove(groupId);
            context.changes().delete(FAMILY, key);
            return;
        }
        ByteBuffer value = ByteBuffer.allocate(Encoding.sizeOf(config));
        Encoding.putMap(value, config);
        byGroup.put(groupId, config);
        context.changes().put(FAMILY, key, value.array());
    }
}
