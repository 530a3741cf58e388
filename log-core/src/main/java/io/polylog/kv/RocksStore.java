package io.polylog.kv;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * A store on RocksDB. Its native memory is gone after {@link #close}, and touching it then would bring the process down;
 * so every use holds the shared side of a lock whose exclusive side is taken once, to close.
 */
final class RocksStore implements KeyValueStore {

    private final Path directory;
    private final RocksDB database;
    private final Map<String, ColumnFamilyHandle> families;
    private final RocksOptions options;
    private final Set<RocksScan> scans = ConcurrentHashMap.newKeySet();
    private final ReadWriteLock life = new ReentrantReadWriteLock();
    private boolean closed;

    private RocksStore(
            Path directory, RocksDB database, Map<String, ColumnFamilyHandle> families, RocksOptions options) {
        this.directory = directory;
        this.database = database;
        this.families = families;
        this.options = options;
    }

    static RocksStore open(Path directory, Set<String> families, KvBudget budget) {
        RocksOptions options = new RocksOptions(budget);
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, options.family()));
        for (String family : families) {
            descriptors.add(new ColumnFamilyDescriptor(family.getBytes(UTF_8), options.family()));
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB database = RocksDB.open(options.database(), directory.toString(), descriptors, handles);
            Map<String, ColumnFamilyHandle> byName = new HashMap<>();
            for (int i = 0; i < handles.size(); i++) {
                byName.put(new String(descriptors.get(i).getName(), UTF_8), handles.get(i));
            }
            return new RocksStore(directory, database, Map.copyOf(byName), options);
        } catch (RocksDBException failed) {
            options.close();
            throw new KvException(
                    "cannot open the key-value store in " + directory + ": " + failed.getMessage(), failed);
        }
    }

    @Override
    public Optional<byte[]> get(String family, byte[] key) {
        Lock use = use();
        try {
            return Optional.ofNullable(database.get(handle(family), key));
        } catch (RocksDBException failed) {
            throw failure("read", failed);
        } finally {
            use.unlock();
        }
    }

    @Override
    public KvIterator scan(String family, byte[] from, byte[] to) {
        Lock use = use();
        try {
            RocksScan scan = new RocksScan(this, database, handle(family), from, to);
            scans.add(scan);
            return scan;
        } finally {
            use.unlock();
        }
    }

    @Override
    public void write(KvBatch batch) {
        Lock use = use();
        try (WriteBatch changes = new WriteBatch(batch.sizeInBytes())) {
            batch.replay(new ToWriteBatch(changes));
            database.write(options.write(), changes);
        } catch (RocksDBException failed) {
            throw failure("write", failed);
        } finally {
            use.unlock();
        }
    }

    @Override
    public void checkpoint(Path target) {
        Lock use = use();
        try (Checkpoint checkpoint = Checkpoint.create(database)) {
            checkpoint.createCheckpoint(target.toString());
        } catch (RocksDBException failed) {
            throw failure("checkpoint", failed);
        } finally {
            use.unlock();
        }
    }

    @Override
    public void verify() {
        Lock use = use();
        try {
            database.verifyChecksum();
        } catch (RocksDBException failed) {
            throw failure("verify", failed);
        } finally {
            use.unlock();
        }
    }

    @Override
    public void close() {
        Lock alone = life.writeLock();
        alone.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            scans.forEach(RocksScan::free);
            scans.clear();
            families.values().forEach(ColumnFamilyHandle::close);
            database.close();
            options.close();
        } finally {
            alone.unlock();
        }
    }

    /** Keeps the store open until the answer is unlocked. */
    Lock use() {
        Lock shared = life.readLock();
        shared.lock();
        if (closed) {
            shared.unlock();
            throw new IllegalStateException("the key-value store in " + directory + " is closed");
        }
        return shared;
    }

    void forget(RocksScan scan) {
        scans.remove(scan);
    }

    KvException failure(String what, RocksDBException cause) {
        // RocksDB's own text names the file and the place in it where the fault is damage.
        return new KvException(
                "cannot " + what + " the key-value store in " + directory + ": " + cause.getMessage(), cause);
    }

    private ColumnFamilyHandle handle(String family) {
        ColumnFamilyHandle handle = families.get(family);
        if (handle == null) {
            throw new IllegalArgumentException("the key-value store in " + directory + " has no family " + family);
        }
        return handle;
    }

    private final class ToWriteBatch implements KvBatch.Sink {
        private final WriteBatch target;

        private ToWriteBatch(WriteBatch target) {
            this.target = target;
        }

        @Override
        public void put(String family, byte[] key, byte[] value) throws RocksDBException {
            target.put(handle(family), key, value);
        }

        @Override
        public void delete(String family, byte[] key) throws RocksDBException {
            target.delete(handle(family), key);
        }

        @Override
        public void deleteRange(String family, byte[] from, byte[] to) throws RocksDBException {
            target.deleteRange(handle(family), from, to);
        }
    }
}
