package io.polylog.server.badinput;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;
import org.apache.kafka.common.utils.internals.ByteUtils;

/**
 * A record batch of format 2, right in all that is not set otherwise; its checksum fits whatever it says.
 *
 * <pre>
 *  0 base offset   8 length   12 leader epoch   16 magic   17 CRC-32C of all from 21 on
 * 21 attributes   23 last offset delta   27 first and 35 last time
 * 43 producer id   51 its epoch   53 first sequence   57 record count   61 records
 * </pre>
 */
final class KafkaBatch {

    private static final int HEADER_BYTES = 61;
    private static final int LENGTH_AT = 8;
    private static final int COUNTED_FROM = 12;
    private static final int CRC_AT = 17;
    private static final int SUMMED_FROM = 21;
    private static final byte MAGIC = 2;
    private static final int CHUNK_BYTES = 1 << 16;

    private final byte[] records;
    private long baseOffset;
    private byte magic = MAGIC;
    private short attributes;
    private int lastOffsetDelta;
    private long producerId = -1;
    private short producerEpoch = -1;
    private int sequence = -1;
    private int count = 1;

    private KafkaBatch(byte... records) {
        this.records = records;
    }

    /** One record with that value. */
    static KafkaBatch of(String value) {
        return ofRecords(record(0, value.length(), value.getBytes(StandardCharsets.US_ASCII)));
    }

    static KafkaBatch ofRecords(byte[]... records) {
        KafkaBatch batch = new KafkaBatch(AmqpWire.join(records));
        return batch.count(records.length).lastOffsetDelta(records.length - 1);
    }

    /** A batch that is right but for being too much: so many records of a mebibyte of zeros each. */
    static KafkaBatch bomb(Compression compression, int mebibytes) {
        byte[] zeros = new byte[1 << 20];
        ByteBufferOutputStream folded = new ByteBufferOutputStream(CHUNK_BYTES);
        try (OutputStream out = compression.wrapForOutput(folded, MAGIC)) {
            for (int index = 0; index < mebibytes; index++) {
                out.write(record(index, zeros.length, zeros));
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        ByteBuffer buffer = folded.buffer().flip();
        byte[] records = new byte[buffer.remaining()];
        buffer.get(records);
        return new KafkaBatch(records)
                .attributes(compression.type().id)
                .count(mebibytes)
                .lastOffsetDelta(mebibytes - 1);
    }

    /** Records as given, said to be compressed. */
    static KafkaBatch compressed(int compressionId, byte... records) {
        return new KafkaBatch(records).attributes(compressionId);
    }

    /**
     * A record without key and headers.
     *
     * @param valueLength what it says of its value
     */
    static byte[] record(int offsetDelta, int valueLength, byte... value) {
        return record(bytes(out -> {
            out.writeByte(0);
            ByteUtils.writeVarlong(0, out);
            ByteUtils.writeVarint(offsetDelta, out);
            ByteUtils.writeVarint(-1, out);
            ByteUtils.writeVarint(valueLength, out);
            out.write(value);
            ByteUtils.writeVarint(0, out);
        }));
    }

    /** A record whose value is empty and whose headers are those bytes, number included. */
    static byte[] recordWithHeaders(int... varints) {
        return record(bytes(out -> {
            out.write(new byte[] {0, 0, 0, 1, 0});
            for (int varint : varints) {
                ByteUtils.writeVarint(varint, out);
            }
        }));
    }

    private static byte[] record(byte... body) {
        return AmqpWire.join(varint(body.length), body);
    }

    static byte[] varint(int value) {
        return bytes(out -> ByteUtils.writeVarint(value, out));
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writing.to(new DataOutputStream(bytes));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    KafkaBatch baseOffset(long offset) {
        baseOffset = offset;
        return this;
    }

    KafkaBatch magic(int number) {
        magic = (byte) number;
        return this;
    }

    KafkaBatch attributes(int bits) {
        attributes = (short) bits;
        return this;
    }

    KafkaBatch lastOffsetDelta(int delta) {
        lastOffsetDelta = delta;
        return this;
    }

    KafkaBatch count(int records) {
        count = records;
        return this;
    }

    KafkaBatch producer(long id, int epoch, int firstSequence) {
        producerId = id;
        producerEpoch = (short) epoch;
        sequence = firstSequence;
        return this;
    }

    byte[] bytes() {
        ByteBuffer batch = ByteBuffer.allocate(HEADER_BYTES + records.length);
        batch.putLong(baseOffset).putInt(0).putInt(-1).put(magic).putInt(0);
        batch.putShort(attributes).putInt(lastOffsetDelta).putLong(0).putLong(0);
        batch.putLong(producerId).putShort(producerEpoch).putInt(sequence).putInt(count);
        batch.put(records);
        batch.putInt(LENGTH_AT, batch.capacity() - COUNTED_FROM);
        CRC32C sum = new CRC32C();
        sum.update(batch.array(), SUMMED_FROM, batch.capacity() - SUMMED_FROM);
        return batch.putInt(CRC_AT, (int) sum.getValue()).array();
    }
}
