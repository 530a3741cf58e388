package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes records out of a ledger and lets their dead letters take effect, in one step: a record is in exactly one of the two.
 * Refused whole with {@code NOT_ACQUIRED}, as {@link SettleRecords} is. Body: ledger id, int32 count, letters.
 *
 * @param letters in ascending order of offsets; 1 to {@link #MAX_LETTERS}, of {@link #MAX_BYTES} together unless there is
 *     only one
 */
public record SendDeadLetters(LedgerId id, List<Letter> letters) implements Command<Boolean> {

    static final byte TYPE = 23;

    /** Most letters in one command: a count. */
    public static final int MAX_LETTERS = 4096;

    /** Most bytes of letters in one command. */
    public static final int MAX_BYTES = 1 << 20;

    /**
     * What becomes of one record. Written as int64 offset, int32 group, transfer.
     *
     * @param offset the record in the ledger's partition
     * @param group home of the partition that the letter is for
     * @param record the whole record with its history
     */
    public record Letter(long offset, int group, RecordTransfer record) {

        public int sizeInBytes() {
            return Long.BYTES + Integer.BYTES + TransferCodec.sizeInBytes(record);
        }
    }

    public SendDeadLetters {
        letters = List.copyOf(letters);
        if (letters.isEmpty() || letters.size() > MAX_LETTERS) {
            throw new IllegalArgumentException(letters.size() + " dead letters");
        }
    }

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public Growth growth() {
        return Growth.LITTLE;
    }

    @Override
    public int sizeInBytes() {
        int size = id.sizeInBytes() + Integer.BYTES;
        for (Letter letter : letters) {
            size += letter.sizeInBytes();
        }
        return size;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        id.writeTo(target);
        target.putInt(letters.size());
        for (Letter letter : letters) {
            target.putLong(letter.offset()).putInt(letter.group());
            TransferCodec.write(letter.record(), target);
        }
    }

    static SendDeadLetters read(ByteBuffer body) {
        LedgerId id = LedgerId.read(body);
        int count = body.getInt();
        List<Letter> letters = new ArrayList<>(Math.min(count, MAX_LETTERS));
        for (int i = 0; i < count; i++) {
            long offset = body.getLong();
            int group = body.getInt();
            if (!(TransferCodec.read(body) instanceof RecordTransfer record)) {
                throw new IllegalStateException("a dead letter that is no record");
            }
            letters.add(new Letter(offset, group, record));
        }
        return new SendDeadLetters(id, letters);
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        long logEnd =
                state.partitions().existing(id.topicId(), id.partition()).log().endOffset();
        state.ledgers().settle(id, settlements(), logEnd, context);
        for (Letter letter : letters) {
            state.send(letter.group(), letter.record(), context);
        }
        return true;
    }

    /** What the ledger has to do with it. */
    List<Settlement> settlements() {
        return letters.stream()
                .map(letter -> new Settlement(Settlement.Kind.REJECTED, letter.offset(), letter.offset() + 1))
                .toList();
    }
}
