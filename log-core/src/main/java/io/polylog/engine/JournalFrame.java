package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The form of one entry in a journal file. Big-endian:
 *
 * <pre>
 *  0  int32   length: bytes from 12 to the end of the frame
 *  4  int32   the length's complement, so that a changed length is known from one that was never written
 *  8  uint32  CRC-32C of bytes 0..3 and 12..end
 * 12  int64   write number: frames that share one were forced together, by one call
 * 20  int64   index within the group
 * 28  int64   time, milliseconds since the Unix epoch
 * 36  int32   term
 * 40  int32   group
 * 44  int32   command count
 * 48  int8    1 if this is the last frame of its write, else 0
 * 49  commands, see {@link CommandCodec}
 * end-1 int8  {@link #END_MARK}: a frame whose end was never written ends in zero instead
 * </pre>
 *
 * <p>This is a view of a frame that lies in {@code bytes} from position to limit; it is read only once it {@link
 * #isWhole}.
 */
record JournalFrame(ByteBuffer bytes) {

    static final int PREFIX_BYTES = 12;

    /** What a frame has beside its commands. */
    static final int OVERHEAD = 50;

    static final byte END_MARK = (byte) 0xA5;

    /** No frame is larger: the largest request that any door accepts, with room for its surroundings. */
    static final int MAX_BYTES = 128 << 20;

    /** What is left of a frame for its only command. */
    static final int MAX_COMMAND_BYTES = MAX_BYTES - OVERHEAD;

    static final int WRITE_NUMBER_AT = 12;

    private static final int CRC_AT = 8;
    private static final int COMMANDS_AT = 49;

    static int sizeInBytes(Entry entry) {
        long size = OVERHEAD;
        for (Command<?> command : entry.commands()) {
            size += CommandCodec.sizeInBytes(command);
        }
        if (size > MAX_BYTES) {
            throw new IllegalArgumentException("entry of " + size + " bytes; at most " + MAX_BYTES);
        }
        return (int) size;
    }

    /**
     * @param lastOfWrite whether no frame of the same write follows
     */
    static void write(long writeNumber, boolean lastOfWrite, Entry entry, ByteBuffer target) {
        int start = target.position();
        target.putInt(0).putInt(0).putInt(0).putLong(writeNumber);
        target.putLong(entry.index())
                .putLong(entry.timeMs())
                .putInt(entry.term())
                .putInt(entry.group());
        target.putInt(entry.commands().size()).put((byte) (lastOfWrite ? 1 : 0));
        for (Command<?> command : entry.commands()) {
            CommandCodec.write(command, target);
        }
        target.put(END_MARK);
        int end = target.position();
        int length = end - start - PREFIX_BYTES;
        target.putInt(start, length).putInt(start + 4, ~length);
        target.putInt(start + CRC_AT, crc(target, start, end));
    }

    /**
     * Size of the frame that begins at {@code position}, of which at least {@link #PREFIX_BYTES} can be read; -1 if none
     * does.
     */
    static int sizeAt(ByteBuffer source, int position) {
        int length = source.getInt(position);
        return length == ~source.getInt(position + 4) ? plausibleSize(length) : -1;
    }

    /** Size of a frame of this length, or -1 if no frame has it. */
    static int plausibleSize(int length) {
        long size = (long) length + PREFIX_BYTES;
        return size < OVERHEAD || size > MAX_BYTES ? -1 : (int) size;
    }

    /** Whether the bytes are those of a frame of just this size, with the right CRC. */
    boolean isWhole() {
        return bytes.remaining() >= OVERHEAD && sizeAt(bytes, bytes.position()) == bytes.remaining() && crcError() == 0;
    }

    /** The CRC that is stored, exclusive-or the one that the bytes have: 0 if they fit. */
    int crcError() {
        return bytes.getInt(bytes.position() + CRC_AT) ^ crc(bytes, bytes.position(), bytes.limit());
    }

    int sizeInBytes() {
        return bytes.remaining();
    }

    long writeNumber() {
        return bytes.getLong(bytes.position() + WRITE_NUMBER_AT);
    }

    long index() {
        return bytes.getLong(bytes.position() + 20);
    }

    int group() {
        return bytes.getInt(bytes.position() + 40);
    }

    boolean isLastOfWrite() {
        return bytes.get(bytes.position() + 48) == 1;
    }

    /** What the frame holds; its commands may keep views of the buffer's memory. */
    Entry entry() {
        long timeMs = bytes.getLong(bytes.position() + 28);
        int term = bytes.getInt(bytes.position() + 36);
        int count = bytes.getInt(bytes.position() + 44);
        ByteBuffer source = bytes.slice(bytes.position() + COMMANDS_AT, bytes.remaining() - OVERHEAD);
        List<Command<?>> commands = new ArrayList<>(Math.min(count, Entry.MAX_COMMANDS));
        for (int i = 0; i < count; i++) {
            commands.add(CommandCodec.read(source));
        }
        return new Entry(group(), index(), term, timeMs, commands);
    }

    private static int crc(ByteBuffer buffer, int start, int end) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(start, 4));
        crc.update(buffer.slice(start + PREFIX_BYTES, end - start - PREFIX_BYTES));
        return (int) crc.getValue();
    }
}
