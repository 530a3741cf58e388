package io.polylog.engine;

import io.polylog.kv.KvIterator;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a group's store as they are in the middle of an entry: what the store holds, with the entry's own changes on
 * top, which are written only when the whole entry is applied. For owners whose rows are too many for memory. Apply thread.
 */
final class EntryRows {

    private final LazyStore store;
    private final Map<String, NavigableMap<byte[], Optional<byte[]>>> changed = new HashMap<>();
    private @Nullable ApplyContext entry;

    EntryRows(LazyStore store) {
        this.store = store;
    }

    void put(String family, byte[] key, byte[] value, ApplyContext context) {
        changed(family, context).put(key, Optional.of(value));
        context.changes().put(family, key, value);
    }

    void delete(String family, byte[] key, ApplyContext context) {
        changed(family, context).put(key, Optional.empty());
        context.changes().delete(family, key);
    }

    Optional<byte[]> get(String family, byte[] key, ApplyContext context) {
        Optional<byte[]> now = changed(family, context).get(key);
        return now != null ? now : store.get().get(family, key);
    }

    /** Rows in key order; nothing may be changed until it is closed. */
    Scan scan(String family, byte[] from, byte[] to, ApplyContext context) {
        return new Scan(
                store.get().scan(family, from, to),
                changed(family, context).subMap(from, to).entrySet().iterator());
    }

    /** What the entry has changed so far; what an earlier one did is in the store. */
    private NavigableMap<byte[], Optional<byte[]>> changed(String family, ApplyContext context) {
        if (entry != context) {
            entry = context;
            changed.clear();
        }
        return changed.computeIfAbsent(family, unused -> new TreeMap<>(Arrays::compareUnsigned));
    }

    /** A merge of the store's rows with the entry's. */
    static final class Scan implements AutoCloseable {
        private final KvIterator stored;
        private final Iterator<Map.Entry<byte[], Optional<byte[]>>> changes;
        private byte @Nullable [] storedKey;
        private Map.@Nullable Entry<byte[], Optional<byte[]>> change;
        private byte[] key = {};
        private byte[] value = {};

        private Scan(KvIterator stored, Iterator<Map.Entry<byte[], Optional<byte[]>>> changes) {
            this.stored = stored;
            this.changes = changes;
            nextStored();
            nextChange();
        }

        /** Moves to the next row; false at the end. */
        boolean next() {
            while (storedKey != null || change != null) {
                int order = storedKey == null
                        ? 1
                        : change == null ? -1 : Arrays.compareUnsigned(storedKey, change.getKey());
                if (order < 0 && storedKey != null) {
                    key = storedKey;
                    value = stored.value();
                    nextStored();
                    return true;
                }
                if (order == 0) {
                    nextStored();
                }
                if (change != null) {
                    key = change.getKey();
                    Optional<byte[]> now = change.getValue();
                    nextChange();
                    if (now.isPresent()) {
                        value = now.get();
                        return true;
                    }
                }
            }
            return false;
        }

        byte[] key() {
            return key;
        }

        byte[] value() {
            return value;
        }

        private void nextStored() {
            storedKey = stored.next() ? stored.key() : null;
        }

        private void nextChange() {
            change = changes.hasNext() ? changes.next() : null;
        }

        @Override
        public void close() {
            stored.close();
        }
    }
}
