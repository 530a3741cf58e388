package io.polylog.engine;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes transfers of another group's {@linkplain Outbox outbox}, in their order; those taken before are passed over. The
 * reply is how many found what they were for gone. Refused with {@code OUT_OF_ORDER_SEQUENCE} if earlier ones are missing.
 * Body: int32 source group, int64 first sequence number, int32 count, transfers.
 *
 * @param transfers consecutive; 1 to {@link #MAX_TRANSFERS}, of {@link #MAX_BYTES} together unless there is only one
 */
record TransferIn(int source, long firstSequence, List<Transfer> transfers) implements Command<Integer> {

    static final byte TYPE = 20;

    static final int MAX_TRANSFERS = 4096;
    static final int MAX_BYTES = 1 << 20;

    TransferIn {
        transfers = List.copyOf(transfers);
        if (transfers.isEmpty() || transfers.size() > MAX_TRANSFERS) {
            throw new IllegalArgumentException(transfers.size() + " transfers");
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
        int size = Integer.BYTES + Long.BYTES + Integer.BYTES;
        for (Transfer transfer : transfers) {
            size += TransferCodec.sizeInBytes(transfer);
        }
        return size;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        target.putInt(source).putLong(firstSequence).putInt(transfers.size());
        transfers.forEach(transfer -> TransferCodec.write(transfer, target));
    }

    static TransferIn read(ByteBuffer body) {
        int source = body.getInt();
        long first = body.getLong();
        int count = body.getInt();
        List<Transfer> transfers = new ArrayList<>(Math.min(count, MAX_TRANSFERS));
        for (int i = 0; i < count; i++) {
            transfers.add(TransferCodec.read(body));
        }
        return new TransferIn(source, first, transfers);
    }

    @Override
    public Integer applyTo(GroupState state, ApplyContext context) {
        long taken = state.inbox().highest(source);
        if (firstSequence > taken + 1) {
            throw new RefusedException(
                    Refusal.OUT_OF_ORDER_SEQUENCE,
                    "transfer " + firstSequence + " from group " + source + " comes after " + taken);
        }
        int gone = 0;
        for (int i = 0; i < transfers.size(); i++) {
            if (firstSequence + i > taken && !transfers.get(i).applyTo(state, context)) {
                gone++;
            }
        }
        long last = firstSequence + transfers.size() - 1;
        if (last > taken) {
            state.inbox().took(source, last, context);
        }
        return gone;
    }
}
