package io.polylog.broker;

import io.polylog.record.TopicPartition;
import java.util.concurrent.CompletionStage;

/** Which records of transactions a reader gets. Markers are for nobody. */
public enum Isolation {

    /** None that was aborted, and none that is undecided: it reads to the last stable offset. */
    COMMITTED {
        @Override
        public long end(PartitionOffsets offsets) {
            return offsets.lastStable();
        }

        @Override
        public CompletionStage<LogRead> read(
                Fetcher fetcher, TopicPartition partition, long offset, int maxBytes, boolean atLeastOneBatch) {
            return fetcher.readCommitted(partition, offset, maxBytes, atLeastOneBatch);
        }
    },

    /** All of them, whatever becomes of them: it reads to the high watermark. */
    UNCOMMITTED {
        @Override
        public long end(PartitionOffsets offsets) {
            return offsets.highWatermark();
        }

        @Override
        public CompletionStage<LogRead> read(
                Fetcher fetcher, TopicPartition partition, long offset, int maxBytes, boolean atLeastOneBatch) {
            return fetcher.read(partition, offset, maxBytes, atLeastOneBatch);
        }
    };

    /** Where such a reader stops for now, exclusive. */
    public abstract long end(PartitionOffsets offsets);

    /** Reads as {@link Fetcher#read} or {@link Fetcher#readCommitted} do. */
    public abstract CompletionStage<LogRead> read(
            Fetcher fetcher, TopicPartition partition, long offset, int maxBytes, boolean atLeastOneBatch);
}
