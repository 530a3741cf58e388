package io.polylog.record;

import io.polylog.record.InvalidBatchException.Reason;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.internals.ByteUtils;

/**
 * The bytes of a batch's records, in order: where they lie, or as they come out of decompression, of which no more is ever
 * held than a small buffer. Every method throws {@link BufferUnderflowException} where the bytes end too early.
 */
abstract sealed class RecordInput {

    /** Bytes read so far. */
    abstract long position();

    /** What a record may announce at most. */
    abstract long most();

    abstract boolean isAtEnd();

    abstract byte next();

    abstract int varint();

    abstract long varlong();

    abstract void skip(int count);

    /** From the buffer's position to its limit; the position moves. */
    static RecordInput of(ByteBuffer records) {
        return new Plain(records);
    }

    /**
     * @param limitBytes beyond it the batch is refused as too large
     */
    static RecordInput of(InputStream unfolding, int limitBytes) {
        return new Unfolding(new Counted(unfolding, limitBytes));
    }

    private static final class Plain extends RecordInput {
        private final ByteBuffer records;

        Plain(ByteBuffer records) {
            this.records = records;
        }

        @Override
        long position() {
            return records.position();
        }

        @Override
        long most() {
            return records.remaining();
        }

        @Override
        boolean isAtEnd() {
            return !records.hasRemaining();
        }

        @Override
        byte next() {
            return records.get();
        }

        @Override
        int varint() {
            return ByteUtils.readVarint(records);
        }

        @Override
        long varlong() {
            return ByteUtils.readVarlong(records);
        }

        @Override
        void skip(int count) {
            if (count > records.remaining()) {
                throw new BufferUnderflowException();
            }
            records.position(records.position() + count);
        }
    }

    private static final class Unfolding extends RecordInput {
        private final Counted counted;
        private final DataInputStream in;

        Unfolding(Counted counted) {
            this.counted = counted;
            this.in = new DataInputStream(counted);
        }

        private interface Reading<T> {
            T of(DataInputStream in) throws IOException;
        }

        private <T> T read(Reading<T> reading) {
            try {
                return reading.of(in);
            } catch (EOFException end) {
                throw new BufferUnderflowException();
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        @Override
        long position() {
            return counted.count;
        }

        @Override
        long most() {
            return counted.limit;
        }

        @Override
        boolean isAtEnd() {
            return read(rest -> rest.read() < 0);
        }

        @Override
        byte next() {
            return read(DataInputStream::readByte);
        }

        @Override
        int varint() {
            return read(ByteUtils::readVarint);
        }

        @Override
        long varlong() {
            return read(ByteUtils::readVarlong);
        }

        @Override
        void skip(int count) {
            read(rest -> {
                rest.skipNBytes(count);
                return count;
            });
        }
    }

    /** Counts what has been unfolded, and ends it at the limit. */
    private static final class Counted extends FilterInputStream {
        private final int limit;
        private long count;

        Counted(InputStream in, int limit) {
            super(in);
            this.limit = limit;
        }

        private void add(long bytes) {
            count += bytes;
            if (count > limit) {
                throw new InvalidBatchException(
                        Reason.TOO_LARGE, "record batch unfolds to more than " + limit + " bytes");
            }
        }

        @Override
        public int read() throws IOException {
            int one = in.read();
            add(one < 0 ? 0 : 1);
            return one;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = in.read(target, offset, length);
            add(Math.max(0, read));
            return read;
        }

        @Override
        public long skip(long most) throws IOException {
            long skipped = in.skip(most);
            add(skipped);
            return skipped;
        }
    }
}
