package io.polylog.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvIterator;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * Access control list, credentials and quotas, as rows of text that {@code io.polylog.security} gives a meaning: durable
 * state of the metadata group. Family {@code security}: key and value UTF-8. Apply thread.
 */
public final class SecurityState {

    static final String FAMILY = "security";

    /** Rows altogether; every decision is made from them in memory. */
    public static final int MAX_ROWS = 20_000;

    private static final byte[] END = {(byte) 0xFF}; // no UTF-8 begins with it

    private final Map<String, String> rows = new TreeMap<>();

    void load(KeyValueStore store) {
        try (KvIterator stored = store.scan(FAMILY, new byte[0], END)) {
            while (stored.next()) {
                rows.put(new String(stored.key(), UTF_8), new String(stored.value(), UTF_8));
            }
        }
    }

    /** A copy of all rows. */
    public Map<String, String> all() {
        return Map.copyOf(rows);
    }

    void change(Map<String, String> put, Collection<String> removed, ApplyContext context) {
        long added = put.keySet().stream().filter(key -> !rows.containsKey(key)).count();
        long gone = removed.stream().distinct().filter(rows::containsKey).count();
        if (added > 0 && rows.size() + added - gone > MAX_ROWS) {
            throw new RefusedException(
                    Refusal.OVERLOADED,
                    "there would be more than " + MAX_ROWS + " ACLs, credentials and quotas; remove some");
        }
        removed.forEach(key -> {
            rows.remove(key);
            context.changes().delete(FAMILY, key.getBytes(UTF_8));
        });
        put.forEach((key, value) -> {
            rows.put(key, value);
            context.changes().put(FAMILY, key.getBytes(UTF_8), value.getBytes(UTF_8));
        });
    }
}
