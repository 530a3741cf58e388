package io.polylog.engine;

import java.nio.ByteBuffer;

/**
 * Takes a block of producer ids that are never given again; the reply is the first of them. Body: int32 count. Only the
 * metadata group is asked.
 */
public record AllocateProducerIds(int count) implements Command<Long> {

    static final byte TYPE = 7;

    public AllocateProducerIds {
        if (count < 1) {
            throw new IllegalArgumentException("a block of " + count + " producer ids");
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
        return Integer.BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        target.putInt(count);
    }

    static AllocateProducerIds read(ByteBuffer body) {
        return new AllocateProducerIds(body.getInt());
    }

    @Override
    public Long applyTo(GroupState state, ApplyContext context) {
        return state.producerIds().allocate(count, context);
    }
}
