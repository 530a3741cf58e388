package io.polylog.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KeyWriter;
import io.polylog.kv.KvIterator;
import io.polylog.session.Retained;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The retained values of one replica group's names: rows only, nothing in memory. Family {@code retained}: key the name in
 * UTF-8; value as {@link RetainValue} writes it. Values of one name come from one partition in the order of its log, so the
 * last one written is the last one published.
 *
 * <p>Written by the apply thread, which reads nothing; read by any thread of the reader pool.
 */
public final class RetainedState {

    static final String FAMILY = "retained";

    private final Homes homes;
    private final Supplier<Optional<KeyValueStore>> store;

    /**
     * @param store what the rows are in, for those who read them; empty while the group has none
     */
    RetainedState(Homes homes, Supplier<Optional<KeyValueStore>> store) {
        this.homes = homes;
        this.store = store;
    }

    /** The group that keeps the value of a name. */
    int homeOf(String name) {
        return homes.of(name);
    }

    void set(RetainValue value, ApplyContext context) {
        byte[] key = value.name().getBytes(UTF_8);
        if (value.clears()) {
            context.changes().delete(FAMILY, key);
        } else {
            ByteBuffer row = ByteBuffer.allocate(value.sizeInBytes());
            value.writeTo(row);
            context.changes().put(FAMILY, key, row.array());
        }
    }

    /** Reads the disk: on the reader pool only. */
    public Optional<Retained> find(String name) {
        return store.get()
                .flatMap(rows -> rows.get(FAMILY, name.getBytes(UTF_8)))
                .map(row -> RetainValue.read(ByteBuffer.wrap(row)).retained());
    }

    /**
     * The next values in the order of their names. Reads the disk: on the reader pool only.
     *
     * @param prefix names begin with it
     * @param after names come after it; empty for none
     */
    public List<Retained> scan(String prefix, String after, int maxValues, int maxBytes) {
        List<Retained> found = new ArrayList<>();
        Optional<KeyValueStore> rows = store.get();
        if (rows.isEmpty()) {
            return found;
        }
        byte[] start = prefix.getBytes(UTF_8);
        byte[] end = start.length == 0 ? new byte[] {(byte) 0xFF} : KeyWriter.endOfPrefix(start);
        byte[] from = after.isEmpty() ? start : after.getBytes(UTF_8);
        int bytes = 0;
        try (KvIterator scan = rows.get().scan(FAMILY, from, end)) {
            while (found.size() < maxValues && bytes < maxBytes && scan.next()) {
                byte[] value = scan.value();
                Retained retained = RetainValue.read(ByteBuffer.wrap(value)).retained();
                if (!retained.name().equals(after)) {
                    found.add(retained);
                    bytes += value.length;
                }
            }
        }
        return found;
    }
}
