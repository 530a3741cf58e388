package io.polylog.kv;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.WriteOptions;

/** RocksDB's options for many small stores in one modest process; owned and closed by their store. */
final class RocksOptions implements AutoCloseable {

    /** Index and filter blocks live in the block cache, so this bounds descriptors rather than memory. */
    private static final int MAX_OPEN_FILES = 128;

    private static final int MEMTABLE_BYTES = 16 << 20;

    /** A memtable grows in steps of this; the default of 1 MiB times families times groups is the whole idle budget. */
    private static final int ARENA_BLOCK_BYTES = 32 << 10;

    private static final int BLOOM_BITS_PER_KEY = 10;

    /** A filter or index is cut into blocks of this: whole ones of millions of keys would drive each other out of the cache. */
    private static final int METADATA_BLOCK_BYTES = 4 << 10;

    private static final long MANIFEST_PREALLOCATION_BYTES = 64 << 10;

    private final BloomFilter filter = new BloomFilter(BLOOM_BITS_PER_KEY);
    private final Options options;
    private final WriteOptions write;

    RocksOptions(KvBudget budget) {
        options = new Options()
                .setCreateIfMissing(true)
                // What no checkpoint holds is replayed from the command log, so flushing it at the end is waste.
                .setAvoidFlushDuringShutdown(true)
                .setWriteBufferManager(budget.writeBuffers())
                // Without it a flush that found the disk full would keep the store read-only until it is opened again.
                .setSstFileManager(budget.files())
                .setMaxOpenFiles(MAX_OPEN_FILES)
                .setMaxFileOpeningThreads(1)
                .setMaxBackgroundJobs(2)
                .setSkipStatsUpdateOnDbOpen(true)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setStatsHistoryBufferSize(0)
                .setInfoLogLevel(InfoLogLevel.ERROR_LEVEL)
                .setKeepLogFileNum(1)
                .setMaxLogFileSize(64 << 10)
                .setMaxManifestFileSize(1 << 20)
                // The default takes 4 MiB of disk for each of a process's stores, which a nearly full disk does not
                // have.
                .setManifestPreallocationSize(MANIFEST_PREALLOCATION_BYTES)
                .setWriteBufferSize(MEMTABLE_BYTES)
                .setArenaBlockSize(ARENA_BLOCK_BYTES)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setLevelCompactionDynamicLevelBytes(true)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(budget.blockCache())
                        .setCacheIndexAndFilterBlocks(true)
                        .setPinL0FilterAndIndexBlocksInCache(true)
                        .setIndexType(IndexType.kTwoLevelIndexSearch)
                        .setPartitionFilters(true)
                        .setMetadataBlockSize(METADATA_BLOCK_BYTES)
                        .setPinTopLevelIndexAndFilter(true)
                        .setFilterPolicy(filter));
        write = new WriteOptions().setDisableWAL(true);
    }

    Options options() {
        return options;
    }

    WriteOptions write() {
        return write;
    }

    @Override
    public void close() {
        write.close();
        options.close();
        filter.close();
    }
}
