package io.polylog.record;

import io.polylog.record.InvalidBatchException.Reason;
import java.nio.ByteBuffer;

/**
 * Checks the lengths in Snappy-compressed records before the library believes them: it allocates what they say, up to
 * 512 MiB for a chunk, and throws an {@code Error} beyond that. Stateless.
 *
 * <p>Either one raw block, or the framing that Java clients write: 0x82 "SNAPPY" 0, two int32 versions, then chunks of
 * int32 length and a block; a further such header may stand between chunks. A block begins with its uncompressed length
 * as an unsigned varint.
 */
public final class SnappyFrames {

    private static final long MAGIC = 0x82534E4150505900L;
    private static final int MAGIC_HEAD = (int) (MAGIC >>> 32);
    private static final int HEADER_BYTES = 16;

    /** The shortest way to say something is three bytes that stand for 64. */
    private static final int MOST_FOR_A_BYTE = 22;

    private SnappyFrames() {}

    /**
     * @param compressed from position to limit, which do not move
     * @throws InvalidBatchException if a length exceeds the bytes at hand or all of them {@code maxUncompressedBytes}
     */
    public static void check(ByteBuffer compressed, int maxUncompressedBytes) {
        ByteBuffer rest = compressed.slice();
        if (rest.remaining() < HEADER_BYTES || rest.getLong(0) != MAGIC) {
            checkTotal(uncompressedLength(rest), maxUncompressedBytes);
            return;
        }
        rest.position(HEADER_BYTES);
        long total = 0;
        while (rest.hasRemaining()) {
            if (rest.remaining() < Integer.BYTES) {
                throw corrupt();
            }
            int length = rest.getInt();
            if (length == MAGIC_HEAD && rest.remaining() >= HEADER_BYTES - Integer.BYTES) {
                rest.position(rest.position() + HEADER_BYTES - Integer.BYTES);
                continue;
            }
            if (length < 0 || length > rest.remaining()) {
                throw corrupt();
            }
            total += uncompressedLength(rest.slice(rest.position(), length));
            checkTotal(total, maxUncompressedBytes);
            rest.position(rest.position() + length);
        }
    }

    /** No more than the block can unfold to, whatever it says: the library makes room for all that it says. */
    private static long uncompressedLength(ByteBuffer block) {
        long most = (long) block.remaining() * MOST_FOR_A_BYTE;
        long announced = announcedLength(block);
        if (announced > most) {
            throw corrupt();
        }
        return announced;
    }

    private static long announcedLength(ByteBuffer block) {
        long value = 0;
        for (int shift = 0; shift < 35 && block.hasRemaining(); shift += 7) {
            byte next = block.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw corrupt();
    }

    private static void checkTotal(long bytes, int maxUncompressedBytes) {
        if (bytes > maxUncompressedBytes) {
            throw new InvalidBatchException(
                    Reason.TOO_LARGE, "record batch unfolds to more than " + maxUncompressedBytes + " bytes");
        }
    }

    private static InvalidBatchException corrupt() {
        return new InvalidBatchException(Reason.CORRUPT, "unreadable records: wrong length in snappy data");
    }
}
