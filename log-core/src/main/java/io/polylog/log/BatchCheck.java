package io.polylog.log;

import io.polylog.record.RecordBatch;
import java.nio.ByteBuffer;

/** Whether bytes of a segment are the record batch that belongs there. Stateless. */
final class BatchCheck {

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
     * @param offset the base offset that it must have
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
        if (batch.baseOffset() != offset || batch.magic() != RecordBatch.MAGIC_V2) {
            throw segment.corrupt(
                    position,
                    "record batch of offset " + batch.baseOffset() + " and format " + batch.magic() + ", not " + offset
                            + " and " + RecordBatch.MAGIC_V2);
        }
        return batch;
    }
}
