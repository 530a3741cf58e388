package io.polylog.kv;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Named families of ordered key-value pairs in one directory; keys are ordered as unsigned bytes. There is no log of
 * its own: what was written since the last {@link #checkpoint} is lost in a crash, and the command log replays it.
 *
 * <p>Reads from any thread; writes from one thread at a time, the owner of the state. Every method throws
 * {@link KvException} when the store fails, and {@link IllegalStateException} once it is closed.
 */
public interface KeyValueStore extends AutoCloseable {

    /**
     * Opens or creates the store.
     *
     * @param directory created if missing; its parent must exist
     * @param families every family the store has or shall have
     * @param budget memory and threads shared with the process's other stores; must outlive this one
     */
    static KeyValueStore open(Path directory, Set<String> families, KvBudget budget) {
        return RocksStore.open(directory, families, budget);
    }

    Optional<byte[]> get(String family, byte[] key);

    /**
     * Entries as they are at this moment, in key order; later writes do not show. The caller closes the iterator soon:
     * an open one keeps replaced entries on disk.
     *
     * @param from first key, inclusive
     * @param to end, exclusive
     */
    KvIterator scan(String family, byte[] from, byte[] to);

    /** Writes all of the batch or none, over all its families, in the batch's order. */
    void write(KvBatch batch);

    /**
     * Makes a durable copy of the present state, from which a store can be opened again. Files are shared by hard links
     * where the file system can. May run beside reads and writes, on another thread.
     *
     * @param directory must not exist; its parent must
     */
    void checkpoint(Path directory);

    /** Ends open scans too. Drops what no checkpoint holds. May be called more than once. */
    @Override
    void close();
}
