package io.polylog.engine;

import java.nio.ByteBuffer;

/**
 * An effect that one group's apply has decided and that belongs to another group, where it takes place exactly once: see
 * {@link Outbox}. The encoded form begins with {@link #type}, as {@link TransferCodec} writes it; bodies are never changed
 * in meaning, only added to under a new type.
 */
public sealed interface Transfer permits RecordTransfer, RetainValue {

    /** Tells the body's layout; never reused. */
    byte type();

    /** Bytes that {@link #writeTo} writes. */
    int sizeInBytes();

    void writeTo(ByteBuffer target);

    /**
     * Takes effect in the target group. Apply thread; deterministic, as a command's apply is. It never refuses: what it is
     * about may be gone meanwhile, and then there is nothing left to do.
     *
     * @return whether it took effect; false if what it was for is gone
     */
    boolean applyTo(GroupState state, ApplyContext context);
}
