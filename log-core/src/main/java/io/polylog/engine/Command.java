package io.polylog.engine;

import java.nio.ByteBuffer;

/**
 * One change of durable state. It carries its preconditions; {@link #applyTo} checks them again and throws {@link
 * io.polylog.broker.RefusedException}, having changed nothing, if they do not hold.
 *
 * <p>The encoded form begins with {@link #type}, then the body; see {@link CommandCodec}. Bodies are never changed in
 * meaning, only added to under a new type. Immutable, but for the record batch of an {@link Append}, whose offset apply
 * fills in.
 *
 * @param <R> the reply
 */
public sealed interface Command<R>
        permits AddToTransaction,
                AllocateProducerIds,
                AlterTopic,
                Append,
                AppendInTransaction,
                AppendMarked,
                AppendPlanned,
                CancelSchedule,
                ChangeSecurity,
                ClaimTransactionalId,
                CompleteTransaction,
                ConfigureBroker,
                ConfigureClientMetrics,
                ConfigureGroup,
                ConfigurePartition,
                CreatePartition,
                CreateTopic,
                DeletePartition,
                DeleteRecords,
                DeleteTopic,
                DetachSession,
                EndSession,
                EndTransaction,
                ExpireRecords,
                ExpireTransaction,
                FireUntil,
                ForgetLedger,
                ForgetOrigin,
                ForgetTestament,
                MarkDelivered,
                OpenLedger,
                OpenSession,
                PlaceLedger,
                SendDeadLetters,
                SettleRecords,
                TransferDone,
                TransferIn,
                TrimSettled,
                UpdateSession,
                WriteMarker {

    /** Tells the body's layout; never reused. */
    byte type();

    /** Bytes that {@link #writeTo} writes. */
    int sizeInBytes();

    void writeTo(ByteBuffer target);

    /** How much room it will take; a nearly full disk refuses by that. */
    default Growth growth() {
        return Growth.MUCH;
    }

    /**
     * Changes the state that this command is about. Apply thread; deterministic: the state, the command and the entry's
     * time and term are all it may look at.
     */
    R applyTo(GroupState state, ApplyContext context);
}
