package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The form of one entry in a journal file. Big-endian:
 *
 * <pre>
 *  0  int32   bytes from 8 to the end of the frame
 *  4  uint32  CRC-32C of bytes 0..3 and 8..end
 *  8  int64   write number: frames that share one were forced together, by one call
 * 16  int64   index within the group
 * 24  int64   time, milliseconds since the Unix epoch
 * 32  int32   term
 * 36  int32   group
 * 40  int32   command count
 * 44  commands, see {@link CommandCodec}
 * </pre>
 *
 * @param writeNumber counts the forced writes of a journal
 * @param bytes size of the whole frame
 */
record JournalFrame(long writeNumber, Entry entry, int bytes) {

    static final int PREFIX_BYTES = 8;
    static final int HEADER_BYTES = 44;

    /** No frame is larger: the largest request that any door accepts, with room for its surroundings. */
    static final int MAX_BYTES = 128 << 20;

    /** What is left of a frame for its only command. */
    static final int MAX_COMMAND_BYTES = MAX_BYTES - HEADER_BYTES;

    static int sizeInBytes(Entry entry) {
        long size = HEADER_BYTES;
        for (Command<?> command : entry.commands()) {
            size += CommandCodec.sizeInBytes(command);
        }
        if (size > MAX_BYTES) {
            throw new IllegalArgumentException("entry of " + size + " bytes; at most " + MAX_BYTES);
        }
        return (int) size;
    }

    static void write(long writeNumber, Entry entry, ByteBuffer target) {
        int start = target.position();
        target.putInt(0).putInt(0).putLong(writeNumber);
        target.putLong(entry.index())
                .putLong(entry.timeMs())
                .putInt(entry.term())
                .putInt(entry.group());
        target.putInt(entry.commands().size());
        for (Command<?> command : entry.commands()) {
            CommandCodec.write(command, target);
        }
        int end = target.position();
        target.putInt(start, end - start - PREFIX_BYTES);
        target.putInt(start + 4, crc(target, start, end));
    }

    /** Whether the bytes from position to limit are a whole frame with the right CRC. */
    static boolean isValid(ByteBuffer frame) {
        int size = frame.remaining();
        return size >= HEADER_BYTES
                && frame.getInt(frame.position()) == size - PREFIX_BYTES
                && frame.getInt(frame.position() + 4) == crc(frame, frame.position(), frame.limit());
    }

    /** Reads a frame that {@link #isValid}; its commands may keep views of the buffer's memory. */
    static JournalFrame read(ByteBuffer frame) {
        int bytes = frame.remaining();
        frame.position(frame.position() + PREFIX_BYTES);
        long writeNumber = frame.getLong();
        long index = frame.getLong();
        long timeMs = frame.getLong();
        int term = frame.getInt();
        int group = frame.getInt();
        int count = frame.getInt();
        List<Command<?>> commands = new ArrayList<>(Math.min(count, Entry.MAX_COMMANDS));
        for (int i = 0; i < count; i++) {
            commands.add(CommandCodec.read(frame));
        }
        return new JournalFrame(writeNumber, new Entry(group, index, term, timeMs, commands), bytes);
    }

    private static int crc(ByteBuffer buffer, int start, int end) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(start, 4));
        crc.update(buffer.slice(start + PREFIX_BYTES, end - start - PREFIX_BYTES));
        return (int) crc.getValue();
    }
}
