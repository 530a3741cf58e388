package io.polylog.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.polylog.record.InvalidBatchException.Reason;
import java.nio.BufferUnderflowException;

/**
 * Walks the records of a batch without making an object for each: this is what every produced batch goes through. Checks
 * what Kafka's own reader checks. All numbers are zig-zag varints:
 *
 * <pre>
 * length of what follows | attributes (int8) | timestamp delta | offset delta
 * | key length, -1 for null | key | value length, -1 for null | value
 * | header count | for each: key length, key, value length (-1 for null), value
 * </pre>
 */
final class RecordWalk {

    private static final byte[] RESERVED = "polylog-".getBytes(US_ASCII);

    private RecordWalk() {}

    /**
     * @param records what follows the batch header, to its end
     * @param count records that the batch header says there are
     * @return whether a record has a header with a name that is the gateway's own
     * @throws InvalidBatchException if it holds anything but that many records with consecutive offsets
     */
    static boolean check(RecordInput records, int count) {
        boolean reserved = false;
        try {
            for (int index = 0; index < count; index++) {
                reserved |= checkOne(records, index);
            }
        } catch (BufferUnderflowException | IllegalArgumentException unreadable) {
            throw corrupt("unreadable record");
        }
        if (!records.isAtEnd()) {
            throw corrupt("bytes after the last of " + count + " records");
        }
        return reserved;
    }

    private static boolean checkOne(RecordInput records, int index) {
        int size = records.varint();
        if (size < 0 || size > records.most()) {
            throw corrupt("record of " + size + " bytes with " + records.most() + " bytes at hand");
        }
        long end = records.position() + size;
        records.next(); // attributes, unused
        records.varlong();
        int offsetDelta = records.varint();
        if (offsetDelta != index) {
            throw new InvalidBatchException(Reason.INVALID_RECORD, "record offsets are not consecutive");
        }
        skip(records, records.varint(), end);
        skip(records, records.varint(), end);
        int headers = records.varint();
        if (headers < 0 || headers > size) {
            throw corrupt("record with " + headers + " headers");
        }
        boolean reserved = false;
        for (int header = 0; header < headers; header++) {
            reserved |= isReserved(records, records.varint(), end);
            skip(records, records.varint(), end);
        }
        if (records.position() != end) {
            throw corrupt("record of " + size + " bytes ends " + (records.position() - end) + " bytes from its end");
        }
        return reserved;
    }

    /** Reads the name of a header. */
    private static boolean isReserved(RecordInput records, int length, long end) {
        if (length < 0) {
            throw corrupt("record header without a key");
        }
        int same = 0;
        while (same < RESERVED.length && same < length && records.next() == RESERVED[same]) {
            same++;
        }
        boolean differs = same < RESERVED.length && same < length;
        skip(records, length - same - (differs ? 1 : 0), end);
        return same == RESERVED.length;
    }

    /** A negative length stands for null. */
    private static void skip(RecordInput records, int length, long end) {
        if (length > end - records.position()) {
            throw corrupt("record field of " + length + " bytes beyond the record's end");
        }
        if (length > 0) {
            records.skip(length);
        }
    }

    private static InvalidBatchException corrupt(String message) {
        return new InvalidBatchException(Reason.CORRUPT, message);
    }
}
