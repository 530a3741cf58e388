package io.polylog.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.polylog.record.InvalidBatchException.Reason;
import java.nio.BufferUnderflowException;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks the records of a batch without making an object for each: this is what every produced batch goes through. Checks
 * what Kafka's own reader checks, and what the topic asks of each record. Used once, by one thread. All numbers are zig-zag varints:
 *
 * <pre>
 * length of what follows | attributes (int8) | timestamp delta | offset delta
 * | key length, -1 for null | key | value length, -1 for null | value
 * | header count | for each: key length, key, value length (-1 for null), value
 * </pre>
 */
final class RecordWalk {

    private static final byte[] RESERVED = "polylog-".getBytes(US_ASCII);

    private final RecordInput records;
    private final long baseTimestamp;
    private final BatchRules rules;
    private final List<RecordFault> faults = new ArrayList<>(0);
    private Reason faulty = Reason.INVALID_RECORD;
    private boolean reserved;
    private long maxTimestamp = RecordBatch.NO_TIMESTAMP;

    /**
     * @param records what follows the batch header, to its end
     * @param baseTimestamp of the batch header: records say how much later they are
     */
    RecordWalk(RecordInput records, long baseTimestamp, BatchRules rules) {
        this.records = records;
        this.baseTimestamp = baseTimestamp;
        this.rules = rules;
    }

    /** Whether a record has a header with a name that is the gateway's own. */
    boolean reserved() {
        return reserved;
    }

    /** The largest timestamp found. */
    long maxTimestamp() {
        return maxTimestamp;
    }

    /**
     * @param count records that the batch header says there are
     * @throws InvalidBatchException if it holds anything but that many records with consecutive offsets, as the rules
     *     want them
     */
    void check(int count) {
        try {
            for (int index = 0; index < count; index++) {
                checkOne(index);
            }
        } catch (BufferUnderflowException | IllegalArgumentException unreadable) {
            throw corrupt("unreadable record");
        }
        if (!records.isAtEnd()) {
            throw corrupt("bytes after the last of " + count + " records");
        }
        if (!faults.isEmpty()) {
            throw new InvalidBatchException(
                    faulty,
                    "One or more records have been rejected; the first of them, number "
                            + faults.get(0).index() + " of the batch: "
                            + faults.get(0).message(),
                    faults);
        }
    }

    private void fault(int index, Reason reason, String message) {
        if (faults.size() < InvalidBatchException.MAX_FAULTS) {
            faulty = reason == Reason.INVALID_TIMESTAMP ? reason : faulty;
            faults.add(new RecordFault(index, message));
        }
    }

    private void checkTimestamp(int index, long timestampMs) {
        maxTimestamp = Math.max(maxTimestamp, timestampMs);
        if (!rules.timestamps().allow(timestampMs)) {
            fault(
                    index,
                    Reason.INVALID_TIMESTAMP,
                    "Timestamp " + timestampMs + " of message with offset " + index
                            + " is out of range. The timestamp should be within ["
                            + rules.timestamps().earliestMs() + ", "
                            + rules.timestamps().latestMs() + "]");
        }
    }

    private void checkOne(int index) {
        int size = records.varint();
        if (size < 0 || size > records.most()) {
            throw corrupt("record of " + size + " bytes with " + records.most() + " bytes at hand");
        }
        long end = records.position() + size;
        records.next(); // attributes, unused
        checkTimestamp(index, baseTimestamp + records.varlong());
        int offsetDelta = records.varint();
        if (offsetDelta != index) {
            throw new InvalidBatchException(Reason.INVALID_RECORD, "record offsets are not consecutive");
        }
        int keyLength = records.varint();
        if (keyLength < 0 && rules.keysRequired()) {
            fault(index, Reason.INVALID_RECORD, "Compacted topic cannot accept message without key");
        }
        skip(keyLength, end);
        skip(records.varint(), end);
        int headers = records.varint();
        if (headers < 0 || headers > size) {
            throw corrupt("record with " + headers + " headers");
        }
        for (int header = 0; header < headers; header++) {
            reserved |= isReserved(records.varint(), end);
            skip(records.varint(), end);
        }
        if (records.position() != end) {
            throw corrupt("record of " + size + " bytes ends " + (records.position() - end) + " bytes from its end");
        }
    }

    /** Reads the name of a header. */
    private boolean isReserved(int length, long end) {
        if (length < 0) {
            throw corrupt("record header without a key");
        }
        int same = 0;
        while (same < RESERVED.length && same < length && records.next() == RESERVED[same]) {
            same++;
        }
        boolean differs = same < RESERVED.length && same < length;
        skip(length - same - (differs ? 1 : 0), end);
        return same == RESERVED.length;
    }

    /** A negative length stands for null. */
    private void skip(int length, long end) {
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
