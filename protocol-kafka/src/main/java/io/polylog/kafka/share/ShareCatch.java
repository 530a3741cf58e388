package io.polylog.kafka.share;

import io.polylog.broker.LogRead;
import io.polylog.kafka.codec.SliceRecords;
import io.polylog.share.Acquired;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ShareFetchResponseData.AcquiredRecords;
import org.apache.kafka.common.message.ShareFetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What a share fetch got from one partition: records that the client has from now on, and the stored batches that they lie in.
 *
 * @param acquired by offset; none if there is an error
 * @param read the batches; whoever has this closes it
 */
record ShareCatch(
        ShareSeat seat, List<Acquired> acquired, @Nullable LogRead read, Errors error) implements AutoCloseable {

    /** Bytes that a record needs in a batch beside its key, value and headers, at most. */
    private static final int RECORD_OVERHEAD = 32;

    private static final int BATCH_OVERHEAD = 64;

    /** How many bytes the batches of these may have, if nothing lies between them. */
    static int expectedBytes(List<Acquired> acquired) {
        long bytes = BATCH_OVERHEAD;
        for (Acquired one : acquired) {
            bytes += one.record().sizeInBytes() + RECORD_OVERHEAD;
        }
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }

    /**
     * @param batchSize most records of one run, from 1
     */
    void addTo(PartitionData response, int batchSize) {
        if (error != Errors.NONE) {
            response.setErrorCode(error.code()).setErrorMessage(error.message());
        }
        if (read != null && !acquired.isEmpty()) {
            response.setRecords(new SliceRecords(read.slice())).setAcquiredRecords(runs(batchSize));
        }
    }

    /** Neighbours that were handed out equally often. */
    private List<AcquiredRecords> runs(int batchSize) {
        List<AcquiredRecords> runs = new ArrayList<>();
        AcquiredRecords run = null;
        for (Acquired one : acquired) {
            short count = (short) Math.min(Short.MAX_VALUE, one.acquisitions() + 1);
            if (run != null
                    && run.lastOffset() + 1 == one.offset()
                    && run.deliveryCount() == count
                    && one.offset() - run.firstOffset() < batchSize) {
                run.setLastOffset(one.offset());
            } else {
                run = new AcquiredRecords()
                        .setFirstOffset(one.offset())
                        .setLastOffset(one.offset())
                        .setDeliveryCount(count);
                runs.add(run);
            }
        }
        return runs;
    }

    @Override
    public void close() {
        if (read != null) {
            read.close();
        }
    }
}
