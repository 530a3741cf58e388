package io.polylog.engine;

import java.nio.ByteBuffer;

/** Turns commands into bytes and back: int8 type, int32 body length, body. The one place that knows all types. */
final class CommandCodec {

    static final int OVERHEAD = 1 + Integer.BYTES;

    private CommandCodec() {}

    static int sizeInBytes(Command<?> command) {
        return OVERHEAD + command.sizeInBytes();
    }

    static void write(Command<?> command, ByteBuffer target) {
        int size = command.sizeInBytes();
        target.put(command.type()).putInt(size);
        int end = target.position() + size;
        command.writeTo(target);
        if (target.position() != end) {
            throw new IllegalStateException(command.getClass().getSimpleName() + " announced " + size
                    + " bytes and wrote " + (size + target.position() - end));
        }
    }

    /** Reads one command and moves past it; the command may keep a view of the buffer's memory. */
    static Command<?> read(ByteBuffer source) {
        byte type = source.get();
        int size = source.getInt();
        ByteBuffer body = source.slice(source.position(), size);
        source.position(source.position() + size);
        return switch (type) {
            case Append.TYPE -> Append.read(body);
            case CreateTopic.TYPE -> CreateTopic.read(body);
            case AlterTopic.TYPE -> AlterTopic.read(body);
            case DeleteTopic.TYPE -> DeleteTopic.read(body);
            case CreatePartition.TYPE -> CreatePartition.read(body);
            case DeletePartition.TYPE -> DeletePartition.read(body);
            case AllocateProducerIds.TYPE -> AllocateProducerIds.read(body);
            case OpenLedger.TYPE -> OpenLedger.read(body);
            case SettleRecords.TYPE -> SettleRecords.read(body);
            case OpenSession.TYPE -> OpenSession.read(body);
            case UpdateSession.TYPE -> UpdateSession.read(body);
            case DetachSession.TYPE -> DetachSession.read(body);
            case EndSession.TYPE -> EndSession.read(body);
            case ForgetTestament.TYPE -> ForgetTestament.read(body);
            case AppendMarked.TYPE -> AppendMarked.read(body);
            case ForgetOrigin.TYPE -> ForgetOrigin.read(body);
            case MarkDelivered.TYPE -> MarkDelivered.read(body);
            case SendDeadLetters.TYPE -> SendDeadLetters.read(body);
            case TrimSettled.TYPE -> TrimSettled.read(body);
            case TransferIn.TYPE -> TransferIn.read(body);
            case TransferDone.TYPE -> TransferDone.read(body);
            case AppendPlanned.TYPE -> AppendPlanned.read(body);
            case CancelSchedule.TYPE -> CancelSchedule.read(body);
            case FireUntil.TYPE -> FireUntil.read(body);
            case ConfigurePartition.TYPE -> ConfigurePartition.read(body);
            case DeleteRecords.TYPE -> DeleteRecords.read(body);
            case ExpireRecords.TYPE -> ExpireRecords.read(body);
            case AppendInTransaction.TYPE -> AppendInTransaction.read(body);
            case WriteMarker.TYPE -> WriteMarker.read(body);
            case ClaimTransactionalId.TYPE -> ClaimTransactionalId.read(body);
            case AddToTransaction.TYPE -> AddToTransaction.read(body);
            case EndTransaction.TYPE -> EndTransaction.read(body);
            case CompleteTransaction.TYPE -> CompleteTransaction.read(body);
            case ExpireTransaction.TYPE -> ExpireTransaction.read(body);
            case ConfigureBroker.TYPE -> ConfigureBroker.read(body);
            case ConfigureClientMetrics.TYPE -> ConfigureClientMetrics.read(body);
            case ConfigureGroup.TYPE -> ConfigureGroup.read(body);
            case PlaceLedger.TYPE -> PlaceLedger.read(body);
            case ForgetLedger.TYPE -> ForgetLedger.read(body);
            case ChangeSecurity.TYPE -> ChangeSecurity.read(body);
            default ->
                throw new IllegalStateException(
                        "command type " + type + " is unknown: the data was written by a newer Polylog");
        };
    }
}
