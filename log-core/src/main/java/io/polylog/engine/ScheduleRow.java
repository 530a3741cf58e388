package io.polylog.engine;

import io.polylog.kv.KeyWriter;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.schedule.Recurrence;
import io.polylog.schedule.ScheduleHeaders;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A record that waits, as its row holds it. Value: topic id, int32 partition, text id, int8 1 if it recurs (text, text zone)
 * plus 2 if it is retained (text name), and the record as a batch of one.
 *
 * @param batch uncompressed, without a producer id
 */
record ScheduleRow(
        UUID topicId,
        int partition,
        String id,
        Optional<Recurrence> recurrence,
        Optional<String> retainAs,
        ByteBuffer batch) {

    private static final int RECURS = 1;
    private static final int IS_RETAINED = 2;

    /**
     * Where a row lies: rows are in the order of their due time, then of their coming.
     *
     * @param dueMs milliseconds since the Unix epoch, from 0
     * @param sequence from 1
     */
    record Place(long dueMs, long sequence) implements Comparable<Place> {

        static final Place FIRST = new Place(0, 0);

        static Place decode(byte[] key) {
            ByteBuffer buffer = ByteBuffer.wrap(key);
            return new Place(buffer.getLong(), buffer.getLong());
        }

        byte[] key() {
            return new KeyWriter().int64(dueMs).int64(sequence).toBytes();
        }

        /** The place right after. */
        Place next() {
            return new Place(dueMs, sequence + 1);
        }

        @Override
        public int compareTo(Place other) {
            int byTime = Long.compare(dueMs, other.dueMs);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    Record record() {
        return new RecordBatch(batch.duplicate()).decode().get(0).record();
    }

    /** The row of its next time, that many milliseconds later. */
    ScheduleRow recurred(long afterMs) {
        ByteBuffer next = encode(ScheduleHeaders.recurred(record(), afterMs));
        return new ScheduleRow(topicId, partition, id, recurrence, retainAs, next);
    }

    byte[] encode() {
        int size = Encoding.UUID_BYTES + Integer.BYTES + Encoding.sizeOf(id) + 1 + batch.remaining();
        size += recurrence
                .map(recurs -> Encoding.sizeOf(recurs.text()) + Encoding.sizeOf(recurs.zone()))
                .orElse(0);
        size += retainAs.map(Encoding::sizeOf).orElse(0);
        ByteBuffer value = ByteBuffer.allocate(size);
        Encoding.putUuid(value, topicId);
        value.putInt(partition);
        Encoding.putText(value, id);
        value.put((byte) ((recurrence.isPresent() ? RECURS : 0) | (retainAs.isPresent() ? IS_RETAINED : 0)));
        recurrence.ifPresent(recurs -> {
            Encoding.putText(value, recurs.text());
            Encoding.putText(value, recurs.zone());
        });
        retainAs.ifPresent(name -> Encoding.putText(value, name));
        return value.put(batch.duplicate()).array();
    }

    static ScheduleRow decode(byte[] bytes) {
        ByteBuffer value = ByteBuffer.wrap(bytes);
        UUID topicId = Encoding.uuid(value);
        int partition = value.getInt();
        String id = Encoding.text(value);
        int kind = value.get();
        Optional<Recurrence> recurrence = (kind & RECURS) == 0
                ? Optional.empty()
                : Optional.of(new Recurrence(Encoding.text(value), Encoding.text(value)));
        Optional<String> retainAs = (kind & IS_RETAINED) == 0 ? Optional.empty() : Optional.of(Encoding.text(value));
        return new ScheduleRow(topicId, partition, id, recurrence, retainAs, value.slice());
    }

    static ByteBuffer encode(Record record) {
        return RecordBatch.encode(List.of(record)).buffer();
    }
}
