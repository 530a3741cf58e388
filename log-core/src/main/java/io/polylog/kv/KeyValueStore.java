package io.polylog.kv;

import java.io.IOException;
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

    /**
     * Makes {@code live} a copy of a checkpoint, from which a store can be opened. What {@code live} held before is
     * deleted. Files that a store never changes are shared by hard links where the file system can.
     *
     * @param checkpoint made by {@link #checkpoint}; it stays as it is, whatever becomes of the copy
     * @param live its parent must exist
     */
    static void restore(Path checkpoint, Path live) throws IOException {
        StoreFiles.restore(checkpoint, live);
    }

    /** Deletes a store that is not open, with all it holds; does nothing if there is none. */
    static void discard(Path directory) throws IOException {
        StoreFiles.delete(directory);
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

    /**
     * Reads every block of every file and compares it with its checksum.
     *
     * @throws KvException naming the file and the place in it, if one does not fit
     */
    void verify();

    /** Ends open scans too. Drops what no checkpoint holds. May be called more than once. */
    @Override
    void close();
}
