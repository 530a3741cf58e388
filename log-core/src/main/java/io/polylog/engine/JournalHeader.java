package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The beginning of a journal file. Big-endian:
 *
 * <pre>
 *  0  int64   {@link #MAGIC}
 *  8  int64   file number, which its name has too
 * 16  int64   number of the first write that it can hold; all before are older
 * 24  int64   end of the bytes that it had in an earlier life, and that may show wherever nothing was written since
 * 32  uint32  CRC-32C of bytes 0..31
 * </pre>
 */
record JournalHeader(long fileNumber, long firstWrite, long staleEnd) {

    /** {@code "PLYJRNL"} and the format version. */
    static final long MAGIC = 0x504C594A524E4C03L;

    static final int BYTES = 36;

    private static final int CRC_AT = 32;

    ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.putLong(MAGIC).putLong(fileNumber).putLong(firstWrite).putLong(staleEnd);
        return bytes.putInt(crc(bytes)).flip();
    }

    /** Empty if the bytes are not those of a header. */
    static Optional<JournalHeader> decode(ByteBuffer bytes) {
        return bytes.remaining() < BYTES || bytes.getInt(CRC_AT) != crc(bytes) || bytes.getLong(0) != MAGIC
                ? Optional.empty()
                : Optional.of(new JournalHeader(bytes.getLong(8), bytes.getLong(16), bytes.getLong(24)));
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(0, CRC_AT));
        return (int) crc.getValue();
    }
}
