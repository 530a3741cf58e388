package io.polylog.dispatch;

import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.util.List;

/**
 * One reader's position in one partition. Reading happens on the reader pool, ahead of the reader and bounded; decoded
 * batches are shared among all cursors of the partition.
 *
 * <p>Owned by the executor given to {@link Dispatcher#open}. When the partition's topic is deleted, or its storage
 * fails, the cursor is {@linkplain #ended ended} and {@code onReady} is run once more.
 */
public interface Cursor extends AutoCloseable {

    TopicPartition partition();

    /** Offset of the next record that {@link #poll} will give. */
    long position();

    /**
     * The next records in order, without waiting; empty when none is at hand, and then {@code onReady} will run once
     * there are some. It may run before, when only the {@linkplain #position position} has moved, past offsets that
     * hold no record.
     *
     * @param maxRecords upper bound, from 1
     */
    List<StoredRecord> poll(int maxRecords);

    /** Whether no record will ever come again. */
    boolean ended();

    /** Gives up the position; {@code onReady} does not run afterwards. */
    @Override
    void close();
}
