package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Settles records of one ledger. Refused whole with {@code NOT_ACQUIRED} if the ledger is gone or any of the records is
 * archived already or does not exist; then nothing changes. Body: ledger id, int32 count, settlements.
 *
 * @param settlements in ascending order, not overlapping; 1 to {@link #MAX_SETTLEMENTS}
 */
public record SettleRecords(LedgerId id, List<Settlement> settlements) implements Command<Boolean> {

    static final byte TYPE = 9;

    /** Most runs of offsets in one command: a count. */
    public static final int MAX_SETTLEMENTS = 4096;

    public SettleRecords {
        settlements = List.copyOf(settlements);
        if (settlements.isEmpty() || settlements.size() > MAX_SETTLEMENTS) {
            throw new IllegalArgumentException(settlements.size() + " settlements");
        }
        for (int i = 1; i < settlements.size(); i++) {
            if (settlements.get(i).from() < settlements.get(i - 1).to()) {
                throw new IllegalArgumentException("settlements out of order at " + settlements.get(i));
            }
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
        return id.sizeInBytes() + Integer.BYTES + settlements.size() * Settlement.BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        id.writeTo(target);
        target.putInt(settlements.size());
        settlements.forEach(settlement -> settlement.writeTo(target));
    }

    static SettleRecords read(ByteBuffer body) {
        LedgerId id = LedgerId.read(body);
        int count = body.getInt();
        List<Settlement> settlements = new ArrayList<>(Math.min(count, MAX_SETTLEMENTS));
        for (int i = 0; i < count; i++) {
            settlements.add(Settlement.read(body));
        }
        return new SettleRecords(id, settlements);
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        long logEnd =
                state.partitions().existing(id.topicId(), id.partition()).log().endOffset();
        state.ledgers().settle(id, settlements, logEnd, context);
        return true;
    }
}
