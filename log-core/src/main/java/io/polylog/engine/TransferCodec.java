package io.polylog.engine;

import java.nio.ByteBuffer;

/** Turns transfers into bytes and back: int8 type, int32 body length, body. The one place that knows all types. */
final class TransferCodec {

    private static final int OVERHEAD = 1 + Integer.BYTES;

    private TransferCodec() {}

    static int sizeInBytes(Transfer transfer) {
        return OVERHEAD + transfer.sizeInBytes();
    }

    static void write(Transfer transfer, ByteBuffer target) {
        int size = transfer.sizeInBytes();
        target.put(transfer.type()).putInt(size);
        int end = target.position() + size;
        transfer.writeTo(target);
        if (target.position() != end) {
            throw new IllegalStateException(transfer.getClass().getSimpleName() + " announced " + size
                    + " bytes and wrote " + (size + target.position() - end));
        }
    }

    static byte[] encode(Transfer transfer) {
        ByteBuffer encoded = ByteBuffer.allocate(sizeInBytes(transfer));
        write(transfer, encoded);
        return encoded.array();
    }

    /** Reads one transfer and moves past it; the transfer may keep a view of the buffer's memory. */
    static Transfer read(ByteBuffer source) {
        byte type = source.get();
        int size = source.getInt();
        ByteBuffer body = source.slice(source.position(), size);
        source.position(source.position() + size);
        return switch (type) {
            case RecordTransfer.TYPE -> RecordTransfer.read(body);
            case RetainValue.TYPE -> RetainValue.read(body);
            default ->
                throw new IllegalStateException(
                        "transfer type " + type + " is unknown: the data was written by a newer Polylog");
        };
    }
}
