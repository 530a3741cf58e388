package io.polylog.kv;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.rocksdb.Checkpoint;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;

/**
 * A store on RocksDB. Its native memory is gone after {@link #close}, and touching it then would bring the process down;
 * so every use holds the shared side of a lock whose exclusive side is taken once, to close.
 */
final class RocksStore implements KeyValueStore {

    private final Path directory;
    private final RocksDB database;
    private final Map<String, FamilyPrefix> families;
    private final RocksOptions options;
    private final Set<RocksScan> scans = ConcurrentHashMap.newKeySet();
    private final ReadWriteLock life = new ReentrantReadWriteLock();
    private boolean closed;

    private RocksStore(Path directory, RocksDB database, Map<String, FamilyPrefix> families, RocksOptions options) {
        this.directory = directory;
        this.database = database;
        this.families = families;
        this.options = options;
    }

    static RocksStore open(Path directory, Set<String> families, KvBudget budget) {
        RocksOptions options = new RocksOptions(budget);
        Map<String, FamilyPrefix> prefixes = new HashMap<>();
        families.forEach(family -> prefixes.put(family, new FamilyPrefix(family)));
        try {
            RocksDB database = RocksDB.open(options.options(), directory.toString());
            return new RocksStore(directory, database, Map.copyOf(prefixes), options);
        } catch (RocksDBException failed) {
            options.close();
            throw new KvException(
                    "cannot open the key-value store in " + directory + ": " + failed.getMessage(),
                    failed,
                    isNoSpace(failed));
        }
    }

    @Override
    public Optional<byte[]> get(String family, byte[] key) {
        Lock use = use();
        try {
            return Optional.ofNullable(database.get(prefix(family).before(key)));
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
            RocksScan scan = new RocksScan(this, database, prefix(family), from, to);
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
                "cannot " + what + " the key-value store in " + directory + ": " + cause.getMessage(),
                cause,
                isNoSpace(cause));
    }

    private static boolean isNoSpace(RocksDBException failure) {
        Status status = failure.getStatus();
        return status != null && status.getSubCode() == Status.SubCode.NoSpace;
    }

    private FamilyPrefix prefix(String family) {
        FamilyPrefix prefix = families.get(family);
        if (prefix == null) {
            throw new IllegalArgumentException("the key-value store in " + directory + " has no family " + family);
        }
        return prefix;
    }

    private final class ToWriteBatch implements KvBatch.Sink {
        private final WriteBatch target;

        private ToWriteBatch(WriteBatch target) {
            this.target = target;
        }

        @Override
        public void put(String family, byte[] key, byte[] value) throws RocksDBException {
            target.put(prefix(family).before(key), value);
        }

        @Override
        public void delete(String family, byte[] key) throws RocksDBException {
            target.delete(prefix(family).before(key));
        }

        @Override
        public void deleteRange(String family, byte[] from, byte[] to) throws RocksDBException {
            FamilyPrefix prefix = prefix(family);
            target.deleteRange(prefix.before(from), prefix.before(to));
        }
    }
}
