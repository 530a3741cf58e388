package io.polylog.kv;

import java.util.concurrent.locks.Lock;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/** A scan of a {@link RocksStore}, which closes it when it is closed itself. */
final class RocksScan implements KvIterator {

    private final RocksStore store;
    private final Slice end;
    private final ReadOptions options;
    private final RocksIterator iterator;
    private final FamilyPrefix prefix;
    private final byte[] from;
    private boolean started;
    private boolean ended;
    private boolean freed;

    RocksScan(RocksStore store, RocksDB database, FamilyPrefix prefix, byte[] from, byte[] to) {
        this.store = store;
        this.prefix = prefix;
        this.from = prefix.before(from);
        this.end = new Slice(prefix.before(to));
        this.options = new ReadOptions().setIterateUpperBound(end);
        this.iterator = database.newIterator(options);
    }

    @Override
    public boolean next() {
        Lock use = store.use();
        try {
            if (ended || freed) {
                return false;
            }
            if (started) {
                iterator.next();
            } else {
                started = true;
                iterator.seek(from);
            }
            if (!iterator.isValid()) {
                ended = true;
                iterator.status();
            }
            return !ended;
        } catch (RocksDBException failed) {
            throw store.failure("scan", failed);
        } finally {
            use.unlock();
        }
    }

    @Override
    public byte[] key() {
        Lock use = onEntry();
        try {
            return prefix.strip(iterator.key());
        } finally {
            use.unlock();
        }
    }

    @Override
    public byte[] value() {
        Lock use = onEntry();
        try {
            return iterator.value();
        } finally {
            use.unlock();
        }
    }

    @Override
    public void close() {
        Lock use;
        try {
            use = store.use();
        } catch (IllegalStateException storeClosed) {
            return; // and it has freed this scan
        }
        try {
            store.forget(this);
            free();
        } finally {
            use.unlock();
        }
    }

    /** Gives the native memory back; the caller keeps the store from closing meanwhile, or is closing it. */
    void free() {
        if (!freed) {
            freed = true;
            iterator.close();
            options.close();
            end.close();
        }
    }

    private Lock onEntry() {
        Lock use = store.use();
        if (!started || ended || freed) {
            use.unlock();
            throw new IllegalStateException("the scan does not stand on an entry");
        }
        return use;
    }
}
