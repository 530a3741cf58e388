package io.polylog.engine;

import io.polylog.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Tells the rest of a write that a crash cut short from bytes that were durable and have changed, where a frame at the
 * end of the journal is not whole.
 *
 * <p>A crash leaves parts of the last write unwritten: behind the end of the file, or zero. So it is damage if a whole
 * frame of a later write lies behind (which began only when this one was forced); if the frame is whole but for one
 * byte; and if nothing of it is missing. What remains in doubt is a last write that has lost several bytes and holds a
 * whole sector of zeros, or ends in one: that is taken for unfinished.
 *
 * <p>In a file that is written over, what is unwritten shows old bytes, whole frames of earlier writes among them. There the
 * last write is in doubt if it has lost several bytes, or its last one, wherever they are.
 */
final class JournalTail {

    private static final int SECTOR_BYTES = 512;
    private static final int WINDOW_BYTES = 1 << 16;

    private final DiskFile file;
    private final long position;
    private final long size;
    private final JournalHeader header;
    private final long underWay;

    /**
     * @param position where the frame begins that is not whole, or old
     * @param size of the file
     * @param underWay number of the only write that may be unfinished
     */
    JournalTail(DiskFile file, long position, long size, JournalHeader header, long underWay) {
        this.file = file;
        this.position = position;
        this.size = size;
        this.header = header;
        this.underWay = underWay;
    }

    private boolean isWrittenOver() {
        return position < header.staleEnd();
    }

    /** Whether all that lies behind is from an earlier life of the file, as it is when the last write was finished. */
    boolean isNothingNew() throws IOException {
        if (!isWrittenOver() || size - position < JournalFrame.OVERHEAD) {
            return isWrittenOver();
        }
        ByteBuffer start = ByteBuffer.allocate(JournalFrame.OVERHEAD);
        read(start, position);
        return JournalFrame.sizeAt(start, 0) < 0 || new JournalFrame(start).writeNumber() < header.firstWrite();
    }

    /** Whether a whole frame of a write after {@code writeNumber} lies behind the position. */
    boolean laterWriteBehind(long writeNumber) throws IOException {
        ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
        for (long at = position; at < size; at += WINDOW_BYTES - JournalFrame.OVERHEAD + 1) {
            read(window.clear(), at);
            for (int i = 0; i + JournalFrame.OVERHEAD <= window.limit(); i++) {
                // The cheap test first: a length and its complement.
                int frameBytes = JournalFrame.sizeAt(window, i);
                if (frameBytes > 0 && frameBytes <= size - at - i) {
                    JournalFrame frame = frame(at + i, frameBytes);
                    if (frame.isWhole() && frame.writeNumber() > writeNumber) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** Whether the frame was written whole, and has changed since. */
    boolean isWholeButChanged() throws IOException {
        if (size - position < JournalFrame.OVERHEAD) {
            return false;
        }
        ByteBuffer prefix = ByteBuffer.allocate(JournalFrame.PREFIX_BYTES);
        read(prefix, position);
        int length = prefix.getInt(0);
        int lengthByComplement = ~prefix.getInt(4);
        if (length != lengthByComplement) {
            return isWholeWithLength(length) || isWholeWithLength(lengthByComplement);
        }
        int frameBytes = JournalFrame.plausibleSize(length);
        if (frameBytes < 0 || frameBytes > size - position) {
            return false;
        }
        JournalFrame frame = frame(position, frameBytes);
        return isWrittenOver() ? isNewAndOneByteOff(frame) : !lacksAnything(frame.bytes()) || isOneByteOff(frame);
    }

    /** An old frame that lost its beginning to the write under way is no damage, nor is a new one that may lack its end. */
    private boolean isNewAndOneByteOff(JournalFrame frame) throws IOException {
        if (frame.writeNumber() != underWay) {
            frame.bytes().putLong(JournalFrame.WRITE_NUMBER_AT, underWay);
            return frame.isWhole();
        }
        int last = frame.sizeInBytes() - 1;
        if (frame.bytes().get(last) != JournalFrame.END_MARK) {
            frame.bytes().put(last, JournalFrame.END_MARK);
            return frame.isWhole() && isOfWriteUnderWay(position + frame.sizeInBytes());
        }
        return SingleByteError.explains(frame.crcError(), frame.sizeInBytes() - JournalFrame.PREFIX_BYTES);
    }

    private boolean isOfWriteUnderWay(long at) throws IOException {
        if (size - at < JournalFrame.OVERHEAD) {
            return false;
        }
        ByteBuffer prefix = ByteBuffer.allocate(JournalFrame.PREFIX_BYTES);
        read(prefix, at);
        int frameBytes = JournalFrame.sizeAt(prefix, 0);
        if (frameBytes < 0 || frameBytes > size - at) {
            return false;
        }
        JournalFrame frame = frame(at, frameBytes);
        return frame.isWhole() && frame.writeNumber() == underWay;
    }

    private boolean isOneByteOff(JournalFrame frame) {
        int last = frame.sizeInBytes() - 1;
        if (frame.bytes().get(last) != JournalFrame.END_MARK) {
            frame.bytes().put(last, JournalFrame.END_MARK);
            // Alone in its sector it may never have been written, where its neighbours were.
            return frame.isWhole() && (position + last) % SECTOR_BYTES != 0;
        }
        return SingleByteError.explains(frame.crcError(), frame.sizeInBytes() - JournalFrame.PREFIX_BYTES);
    }

    /** Whether the frame is whole once both copies of its length are this one. */
    private boolean isWholeWithLength(int length) throws IOException {
        int frameBytes = JournalFrame.plausibleSize(length);
        if (frameBytes < 0 || frameBytes > size - position) {
            return false;
        }
        JournalFrame frame = frame(position, frameBytes);
        frame.bytes().putInt(0, length).putInt(4, ~length);
        return frame.isWhole() && frame.writeNumber() >= header.firstWrite();
    }

    /** Whether the frame's end, or a sector of the file within it, was never written. */
    private boolean lacksAnything(ByteBuffer frame) {
        if (frame.get(frame.limit() - 1) == 0) {
            return true;
        }
        int start = 0;
        while (start < frame.limit()) {
            int end = (int) Math.min(frame.limit(), start + SECTOR_BYTES - (position + start) % SECTOR_BYTES);
            if (isZero(frame, start, end)) {
                return true;
            }
            start = end;
        }
        return false;
    }

    private static boolean isZero(ByteBuffer bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private JournalFrame frame(long at, int frameBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(frameBytes);
        read(bytes, at);
        return new JournalFrame(bytes);
    }

    private void read(ByteBuffer target, long at) throws IOException {
        file.read(target, at);
        target.flip();
    }
}
