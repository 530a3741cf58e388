package io.polylog.engine;

import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KeyWriter;
import io.polylog.kv.KvIterator;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * How things of one kind that have a name are set up, as far as somebody said so: durable state of the metadata group. A family
 * for each kind: key name; value settings. Apply thread.
 */
public final class ConfigState {

    /** Of consumer and share groups, by group id. */
    static final String GROUPS = "group-configs";

    /** Of brokers, by node id; under the empty name for all nodes. */
    static final String BROKERS = "broker-configs";

    /** Of subscriptions to clients' metrics, by name. */
    static final String CLIENT_METRICS = "client-metrics-configs";

    private final String family;
    private final Map<String, Map<String, String>> byName = new HashMap<>();

    ConfigState(String family) {
        this.family = family;
    }

    void load(KeyValueStore store) {
        // A key begins with the length of a text, so it is below this.
        try (KvIterator rows = store.scan(family, new byte[0], new byte[] {(byte) 0xFF})) {
            while (rows.next()) {
                byName.put(Encoding.text(ByteBuffer.wrap(rows.key())), Encoding.map(ByteBuffer.wrap(rows.value())));
            }
        }
    }

    /** A copy of all, by name. */
    public Map<String, Map<String, String>> all() {
        return Map.copyOf(byName);
    }

    /** Whether it would be one more where there are so many already. */
    boolean isNewBeyond(String name, int most) {
        return !byName.containsKey(name) && byName.size() >= most;
    }

    void put(String name, Map<String, String> config, ApplyContext context) {
        byte[] key = new KeyWriter().text(name).toBytes();
        if (config.isEmpty()) {
            byName.remove(name);
            context.changes().delete(family, key);
            return;
        }
        ByteBuffer value = ByteBuffer.allocate(Encoding.sizeOf(config));
        Encoding.putMap(value, config);
        byName.put(name, config);
        context.changes().put(family, key, value.array());
    }
}
