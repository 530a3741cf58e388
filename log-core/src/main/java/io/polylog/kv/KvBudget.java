package io.polylog.kv;

import org.rocksdb.Env;
import org.rocksdb.LRUCache;
import org.rocksdb.Priority;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileManager;
import org.rocksdb.WriteBufferManager;

/**
 * The memory and background threads that all stores of a process share, so that a group more does not mean a cache more.
 * Loads the native library. Immutable; close it after the last store.
 */
public final class KvBudget implements AutoCloseable {

    /** Default for blocks read from files: 8 MiB. */
    public static final long BLOCK_CACHE_BYTES = 8L << 20;

    /** Default for entries not yet in files: 64 MiB. Beyond it the largest store is flushed. */
    public static final long WRITE_BUFFER_BYTES = 64L << 20;

    private static final int FLUSH_THREADS = 1;
    private static final int COMPACTION_THREADS = 1;

    private final LRUCache blockCache;
    private final LRUCache writeBufferAccount;
    private final WriteBufferManager writeBuffers;
    private final SstFileManager files;

    public KvBudget() {
        this(BLOCK_CACHE_BYTES, WRITE_BUFFER_BYTES);
    }

    public KvBudget(long blockCacheBytes, long writeBufferBytes) {
        RocksDB.loadLibrary();
        // One shard: sixteen would cut 8 MiB into pieces too small for a large block.
        this.blockCache = new LRUCache(blockCacheBytes, 0);
        // The manager insists on charging a cache. Were it the block cache, a busy writer would empty it for readers.
        this.writeBufferAccount = new LRUCache(writeBufferBytes, 0);
        this.writeBuffers = new WriteBufferManager(writeBufferBytes, writeBufferAccount);
        Env env = Env.getDefault();
        try {
            this.files = new SstFileManager(env);
        } catch (RocksDBException failed) {
            throw new KvException("cannot watch the files of key-value stores", failed);
        }
        env.setBackgroundThreads(FLUSH_THREADS, Priority.HIGH);
        env.setBackgroundThreads(COMPACTION_THREADS, Priority.LOW);
    }

    LRUCache blockCache() {
        return blockCache;
    }

    WriteBufferManager writeBuffers() {
        return writeBuffers;
    }

    /** Resumes flushing by itself when a full disk has room again. */
    SstFileManager files() {
        return files;
    }

    @Override
    public void close() {
        files.close();
        writeBuffers.close();
        writeBufferAccount.close();
        blockCache.close();
    }
}
