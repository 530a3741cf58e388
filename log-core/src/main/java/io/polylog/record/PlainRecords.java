package io.polylog.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.polylog.record.InvalidBatchException.Reason;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.internals.ByteUtils;

/**
 * Walks the records of an uncompressed batch where they lie, without making an object for each: this is what every small
 * produced batch goes through. Checks what Kafka's own reader checks. All numbers are zig-zag varints:
 *
 * <pre>
 * length of what follows | attributes (int8) | timestamp delta | offset delta
 * | key length, -1 for null | key | value length, -1 for null | value
 * | header count | for each: key length, key, value length (-1 for null), value
 * </pre>
 */
final class PlainRecords {

    private static final byte[] RESERVED = "polylog-".getBytes(US_ASCII);

    private PlainRecords() {}

    /**
     * @param records what follows the batch header, to its end; the position is moved
     * @param count records that the batch header says there are
     * @return whether a record has a header with a name that is the gateway's own
     * @throws InvalidBatchException if it holds anything but that many records with consecutive offsets
     */
    static boolean check(ByteBuffer records, int count) {
        boolean reserved = false;
        try {
            for (int index = 0; index < count; index++) {
                reserved |= checkOne(records, index);
            }
        } catch (BufferUnderflowException | IllegalArgumentException unreadable) {
            throw corrupt("unreadable record");
        }
        if (records.hasRemaining()) {
            throw corrupt(records.remaining() + " bytes after the last of " + count + " records");
        }
        return reserved;
    }

    private static boolean checkOne(ByteBuffer records, int index) {
        int size = ByteUtils.readVarint(records);
        if (size < 0 || size > records.remaining()) {
            throw corrupt("record of " + size + " bytes with " + records.remaining() + " bytes at hand");
        }
        int end = records.position() + size;
        records.get(); // attributes, unused
        ByteUtils.readVarlong(records);
        int offsetDelta = ByteUtils.readVarint(records);
        if (offsetDelta != index) {
            throw new InvalidBatchException(Reason.INVALID_RECORD, "record offsets are not consecutive");
        }
        skip(records, ByteUtils.readVarint(records), end, true);
        skip(records, ByteUtils.readVarint(records), end, true);
        int headers = ByteUtils.readVarint(records);
        if (headers < 0 || headers > size) {
            throw corrupt("record with " + headers + " headers");
        }
        boolean reserved = false;
        for (int header = 0; header < headers; header++) {
            int length = ByteUtils.readVarint(records);
            reserved |= isReserved(records, length);
            skip(records, length, end, false);
            skip(records, ByteUtils.readVarint(records), end, true);
        }
        if (records.position() != end) {
            throw corrupt("record of " + size + " bytes ends " + (records.position() - end) + " bytes from its end");
        }
        return reserved;
    }

    private static boolean isReserved(ByteBuffer records, int length) {
        if (length < RESERVED.length || length > records.remaining()) {
            return false;
        }
        for (int i = 0; i < RESERVED.length; i++) {
            if (records.get(records.position() + i) != RESERVED[i]) {
                return false;
            }
        }
        return true;
    }

    private static void skip(ByteBuffer records, int length, int end, boolean nullable) {
        if (length < 0) {
            if (!nullable) {
                throw corrupt("record header without a key");
            }
            return;
        }
        if (length > end - records.position()) {
            throw corrupt("record field of " + length + " bytes beyond the record's end");
        }
        records.position(records.position() + length);
    }

    private static InvalidBatchException corrupt(String message) {
        return new InvalidBatchException(Reason.CORRUPT, message);
    }
}
