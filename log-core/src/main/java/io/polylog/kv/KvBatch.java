package io.polylog.kv;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.rocksdb.RocksDBException;

/**
 * Changes that take effect together, in their order; of a row that is changed more than once, only the last change is kept. It
 * lives on the heap only, so it need not be closed. Arrays are kept, not copied: nobody may change them until the batch is
 * written. Not thread-safe.
 */
public final class KvBatch {

    /** Where the changes go when the batch is written. */
    interface Sink {
        void put(String family, byte[] key, byte[] value) throws RocksDBException;

        void delete(String family, byte[] key) throws RocksDBException;

        void deleteRange(String family, byte[] from, byte[] to) throws RocksDBException;
    }

    @FunctionalInterface
    private interface Step {
        void to(Sink sink) throws RocksDBException;
    }

    private record Change(int sizeInBytes, Step step) {}

    /** What is changed. */
    private record Row(String family, ByteBuffer key) {}

    /** By {@link Row}; a range is by itself. */
    private final Map<Object, Change> changes = new LinkedHashMap<>();

    private int sizeInBytes;

    public KvBatch put(String family, byte[] key, byte[] value) {
        return add(
                new Row(family, ByteBuffer.wrap(key)),
                new Change(key.length + value.length, sink -> sink.put(family, key, value)));
    }

    /** Removes the key; nothing happens if it is absent. */
    public KvBatch delete(String family, byte[] key) {
        return add(new Row(family, ByteBuffer.wrap(key)), new Change(key.length, sink -> sink.delete(family, key)));
    }

    /**
     * Removes every key of a range at the price of one.
     *
     * @param from first key, inclusive
     * @param to end, exclusive
     */
    public KvBatch deleteRange(String family, byte[] from, byte[] to) {
        return add(new Object(), new Change(from.length + to.length, sink -> sink.deleteRange(family, from, to)));
    }

    /** Adds what another batch changes, after what this one does. */
    public KvBatch append(KvBatch later) {
        later.changes.forEach(this::add);
        return this;
    }

    private KvBatch add(Object what, Change change) {
        Change before = changes.remove(what); // it goes to the end: a range that was removed meanwhile comes before it
        sizeInBytes += change.sizeInBytes - (before == null ? 0 : before.sizeInBytes);
        changes.put(what, change);
        return this;
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /** Bytes of keys and values: what limits count. */
    public int sizeInBytes() {
        return sizeInBytes;
    }

    void replay(Sink sink) throws RocksDBException {
        for (Change change : changes.values()) {
            change.step.to(sink);
        }
    }
}
