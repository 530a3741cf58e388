package io.polylog.log;

import io.polylog.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Whether bytes of a segment are the record batch that belongs there. Stateless. */
final class BatchCheck {

    private static final int WINDOW_BYTES = 1 << 20;

    private BatchCheck() {}

    /** Whether the bytes from {@code at} to the limit begin with a batch that ends before the limit. */
    static boolean isWholeAt(ByteBuffer bytes, int at) {
        int left = bytes.limit() - at;
        if (left < RecordBatch.OVERHEAD) {
            return false;
        }
        int size = RecordBatch.sizeAt(bytes, at);
        return size >= RecordBatch.OVERHEAD && size <= left;
    }

    /**
     * The batch at {@code at}.
     *
     * @param position of it in the segment, for the message
     * @param offset the base offset that it must have, or the lowest it may have where the segment is compacted
     * @throws io.polylog.broker.RefusedException STORAGE_FAILED if it is not whole, fails its CRC, or is another
     */
    static RecordBatch at(Segment segment, ByteBuffer bytes, int at, int position, long offset) {
        if (!isWholeAt(bytes, at)) {
            int left = bytes.limit() - at;
            int size = left < RecordBatch.OVERHEAD ? 0 : RecordBatch.sizeAt(bytes, at);
            throw segment.corrupt(position, "record batch of " + size + " bytes, " + left + " left");
        }
        RecordBatch batch = new RecordBatch(bytes.slice(at, RecordBatch.sizeAt(bytes, at)));
        if (!batch.hasValidCrc()) {
            throw segment.corrupt(position, "record batch fails its CRC");
        }
        // Neither lies under the CRC, since the log sets the one and the other tells what the CRC is.
        if (!segment.mayFollow(offset, batch.baseOffset()) || batch.magic() != RecordBatch.MAGIC_V2) {
            throw segment.corrupt(
                    position,
                    "record batch of offset " + batch.baseOffset() + " and format " + batch.magic() + ", not " + offset
                            + " and " + RecordBatch.MAGIC_V2);
        }
        return batch;
    }

    /**
     * Reads batches from the disk and compares each with what proves it: CRC, offset, leader epoch.
     *
     * @param first offset and position of the first
     * @param end where the last ends
     * @return the offset after the last
     * @throws io.polylog.broker.RefusedException STORAGE_FAILED with file and position if one is not what it was
     */
    static long all(Segment segment, BatchPlace first, int end, LeaderEpochs epochs) throws IOException {
        int position = first.position();
        long offset = first.offset();
        while (position < end) {
            ByteBuffer window = ByteBuffer.allocate(Math.min(end - position, WINDOW_BYTES));
            if (window.capacity() < RecordBatch.OVERHEAD) {
                throw segment.corrupt(position, "only " + window.capacity() + " bytes left for a record batch");
            }
            segment.read(window, position);
            window.flip();
            int size = RecordBatch.sizeAt(window, 0);
            if (size > window.limit() && size <= end - position) {
                window = ByteBuffer.allocate(size);
                segment.read(window, position);
                window.flip();
            }
            int at = 0;
            do {
                RecordBatch batch = at(segment, window, at, position, offset);
                int epoch = epochs.at(batch.baseOffset());
                if (batch.leaderEpoch() != epoch) {
                    throw segment.corrupt(
                            position, "record batch of leader epoch " + batch.leaderEpoch() + ", not " + epoch);
                }
                at += batch.sizeInBytes();
                position += batch.sizeInBytes();
                offset = batch.lastOffset() + 1;
            } while (isWholeAt(window, at));
        }
        return offset;
    }
}
