package io.polylog.kv;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.RocksDBException;

/**
 * Changes that take effect together, in their order. It lives on the heap only, so it need not be closed. Arrays are
 * kept, not copied: nobody may change them until the batch is written. Not thread-safe.
 */
public final class KvBatch {

    /** Where the changes go when the batch is written. */
    interface Sink {
        void put(String family, byte[] key, byte[] value) throws RocksDBException;

        void delete(String family, byte[] key) throws RocksDBException;

        void deleteRange(String family, byte[] from, byte[] to) throws RocksDBException;
    }

    @FunctionalInterface
    private interface Change {
        void to(Sink sink) throws RocksDBException;
    }

    private final List<Change> changes = new ArrayList<>();
    private int sizeInBytes;

    public KvBatch put(String family, byte[] key, byte[] value) {
        changes.add(sink -> sink.put(family, key, value));
        sizeInBytes += key.length + value.length;
        return this;
    }

    /** Removes the key; nothing happens if it is absent. */
    public KvBatch delete(String family, byte[] key) {
        changes.add(sink -> sink.delete(family, key));
        sizeInBytes += key.length;
        return this;
    }

    /**
     * Removes every key of a range at the price of one.
     *
     * @param from first key, inclusive
     * @param to end, exclusive
     */
    public KvBatch deleteRange(String family, byte[] from, byte[] to) {
        changes.add(sink -> sink.deleteRange(family, from, to));
        sizeInBytes += from.length + to.length;
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
        for (Change change : changes) {
            change.to(sink);
        }
    }
}
