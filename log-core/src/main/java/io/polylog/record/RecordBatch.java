package io.polylog.record;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.DefaultRecord;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.utils.internals.CloseableIterator;

/**
 * One Kafka RecordBatch v2, as it is produced, stored and fetched. Big-endian; the header is 61 bytes:
 *
 * <pre>
 *  0  int64  base offset            43  int64  producer id, -1 if none
 *  8  int32  length of what follows 51  int16  producer epoch
 * 12  int32  partition leader epoch 53  int32  base sequence
 * 16  int8   magic, 2               57  int32  record count
 * 17  uint32 CRC-32C of 21..end     61  records, perhaps compressed
 * 21  int16  attributes
 * 23  int32  last offset delta
 * 27  int64  base timestamp
 * 35  int64  max timestamp
 * </pre>
 *
 * <p>The log sets base offset and leader epoch, which lie outside the CRC, when it applies an append; nothing else is
 * ever changed, but for the times of a topic that sets its own. One owner at a time: whoever appends a batch gives it away.
 */
public final class RecordBatch {

    /** Bytes before the first record. */
    public static final int OVERHEAD = 61;

    /** Bytes up to and including the length field: {@code length + LOG_OVERHEAD} is the whole batch. */
    public static final int LOG_OVERHEAD = 12;

    public static final long NO_PRODUCER_ID = -1;

    /** The timestamp of a record that has none. */
    public static final long NO_TIMESTAMP = -1;

    /** The only record format there is. */
    public static final byte MAGIC_V2 = 2;

    private static final int LENGTH = 8;
    static final int LEADER_EPOCH = 12;
    static final int MAGIC = 16;
    private static final int CRC = 17;
    static final int ATTRIBUTES = 21;
    static final int LAST_OFFSET_DELTA = 23;
    static final int MAX_TIMESTAMP = 35;
    static final int PRODUCER_ID = 43;
    private static final int PRODUCER_EPOCH = 51;
    private static final int BASE_SEQUENCE = 53;
    private static final int RECORD_COUNT = 57;

    private static final int COMPRESSION_MASK = 0x07;
    private static final int LOG_APPEND_TIME_FLAG = 0x08;
    static final int TRANSACTIONAL_FLAG = 0x10;
    static final int CONTROL_FLAG = 0x20;

    private static final org.apache.kafka.common.header.Header[] NO_HEADERS = {};

    private final ByteBuffer buffer;

    /**
     * Wraps exactly one batch, from the buffer's position to its limit, without checking more than its size.
     *
     * @throws InvalidBatchException if the buffer is shorter or longer than the batch says
     */
    public RecordBatch(ByteBuffer source) {
        this.buffer = source.slice();
        if (buffer.remaining() < OVERHEAD || sizeAt(buffer, 0) != buffer.remaining()) {
            throw new InvalidBatchException(
                    InvalidBatchException.Reason.CORRUPT,
                    "record batch of " + buffer.remaining() + " bytes does not match its length field");
        }
    }

    /** The size in bytes of the batch that begins at {@code position}; meaningless if no batch does. */
    public static int sizeAt(ByteBuffer buffer, int position) {
        return buffer.getInt(position + LENGTH) + LOG_OVERHEAD;
    }

    /**
     * Encodes records into one uncompressed batch without a producer id, offsets counting from 0.
     *
     * @param records at least one
     */
    public static RecordBatch encode(List<Record> records) {
        if (records.isEmpty()) {
            throw new IllegalArgumentException("a batch holds at least one record");
        }
        int estimate = OVERHEAD;
        for (Record record : records) {
            estimate += record.sizeInBytes()
                    + DefaultRecord.MAX_RECORD_OVERHEAD
                    + 10 * record.headers().size();
        }
        MemoryRecordsBuilder builder =
                MemoryRecords.builder(ByteBuffer.allocate(estimate), Compression.NONE, TimestampType.CREATE_TIME, 0L);
        for (Record record : records) {
            builder.append(record.timestampMs(), record.key(), record.value(), kafkaHeaders(record.headers()));
        }
        return new RecordBatch(builder.build().buffer());
    }

    private static org.apache.kafka.common.header.Header[] kafkaHeaders(Headers headers) {
        if (headers.isEmpty()) {
            return NO_HEADERS;
        }
        var converted = new org.apache.kafka.common.header.Header[headers.size()];
        for (int i = 0; i < converted.length; i++) {
            Header header = headers.asList().get(i);
            converted[i] = new RecordHeader(header.key(), header.value());
        }
        return converted;
    }

    /** The batch's header alone: its producer's id, epoch and sequence numbers, and how many records there were. */
    public RecordBatch withoutRecords() {
        ByteBuffer header = ByteBuffer.allocate(OVERHEAD);
        header.put(buffer.slice(0, OVERHEAD)).putInt(LENGTH, OVERHEAD - LOG_OVERHEAD);
        return new RecordBatch(header.flip());
    }

    /** The batch's bytes; position 0, limit at the end. A fresh view of the same memory at each call. */
    public ByteBuffer buffer() {
        return buffer.duplicate();
    }

    public int sizeInBytes() {
        return buffer.limit();
    }

    public long baseOffset() {
        return buffer.getLong(0);
    }

    public long lastOffset() {
        return baseOffset() + lastOffsetDelta();
    }

    public int lastOffsetDelta() {
        return buffer.getInt(LAST_OFFSET_DELTA);
    }

    public int leaderEpoch() {
        return buffer.getInt(LEADER_EPOCH);
    }

    public byte magic() {
        return buffer.get(MAGIC);
    }

    public long maxTimestamp() {
        return buffer.getLong(MAX_TIMESTAMP);
    }

    public long producerId() {
        return buffer.getLong(PRODUCER_ID);
    }

    public short producerEpoch() {
        return buffer.getShort(PRODUCER_EPOCH);
    }

    public int baseSequence() {
        return buffer.getInt(BASE_SEQUENCE);
    }

    /** Sequence number of the last record; sequences wrap from 2^31 - 1 to 0. */
    public int lastSequence() {
        return (int) (((long) baseSequence() + lastOffsetDelta()) & Integer.MAX_VALUE);
    }

    public int recordCount() {
        return buffer.getInt(RECORD_COUNT);
    }

    public boolean hasProducerId() {
        return producerId() != NO_PRODUCER_ID;
    }

    public boolean isCompressed() {
        return compressionId() != 0;
    }

    public boolean usesLogAppendTime() {
        return (attributes() & LOG_APPEND_TIME_FLAG) != 0;
    }

    public boolean isTransactional() {
        return (attributes() & TRANSACTIONAL_FLAG) != 0;
    }

    public boolean isControl() {
        return (attributes() & CONTROL_FLAG) != 0;
    }

    /** As Kafka numbers them; perhaps none that exists. */
    public int compressionId() {
        return attributes() & COMPRESSION_MASK;
    }

    private short attributes() {
        return buffer.getShort(ATTRIBUTES);
    }

    /** Whether the bytes are those their writer summed up; a false answer means damage, on the wire or on the disk. */
    public boolean hasValidCrc() {
        return crc() == buffer.getInt(CRC);
    }

    /** Places the batch in its partition. Called once, by the apply thread, before the batch is written. */
    public void place(long baseOffset, int leaderEpoch) {
        buffer.putLong(0, baseOffset);
        buffer.putInt(LEADER_EPOCH, leaderEpoch);
    }

    /** Sets the largest timestamp, and the CRC that covers it. For a batch that is not in a log yet. */
    void setMaxTimestamp(long timestampMs) {
        buffer.putLong(MAX_TIMESTAMP, timestampMs);
        sumUp();
    }

    /**
     * Gives all records one time in place of their own, as topics with {@code message.timestamp.type=LogAppendTime} want it.
     * Called once, by the apply thread, before the batch is written.
     */
    public void stamp(long appendTimeMs) {
        buffer.putShort(ATTRIBUTES, (short) (attributes() | LOG_APPEND_TIME_FLAG));
        buffer.putLong(MAX_TIMESTAMP, appendTimeMs);
        sumUp();
    }

    private void sumUp() {
        buffer.putInt(CRC, crc());
    }

    private int crc() {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(ATTRIBUTES, buffer.limit() - ATTRIBUTES));
        return (int) crc.getValue();
    }

    /**
     * The records, decompressed and copied out; none for a control batch.
     *
     * @throws InvalidBatchException if the bytes cannot be read as records
     */
    public List<StoredRecord> decode() {
        if (isControl()) {
            return List.of();
        }
        List<StoredRecord> records = new ArrayList<>(Math.max(0, Math.min(recordCount(), 4096)));
        try (CloseableIterator<org.apache.kafka.common.record.internal.Record> iterator =
                kafkaBatch().streamingIterator(UnfoldingBuffers.ofThisThread())) {
            while (iterator.hasNext()) {
                var record = iterator.next();
                records.add(new StoredRecord(
                        record.offset(),
                        new Record(bytes(record.key()), bytes(record.value()), record.timestamp(), headers(record))));
            }
        } catch (org.apache.kafka.common.KafkaException | IllegalArgumentException unreadable) {
            throw unreadable(unreadable);
        }
        return records;
    }

    static InvalidBatchException unreadable(RuntimeException cause) {
        return new InvalidBatchException(
                InvalidBatchException.Reason.CORRUPT, "unreadable records: " + cause.getMessage());
    }

    /** The batch through the eyes of Kafka's own classes. */
    DefaultRecordBatch kafkaBatch() {
        return (DefaultRecordBatch)
                MemoryRecords.readableRecords(buffer()).batches().iterator().next();
    }

    private static Headers headers(org.apache.kafka.common.record.internal.Record record) {
        var kafkaHeaders = record.headers();
        if (kafkaHeaders.length == 0) {
            return Headers.EMPTY;
        }
        List<Header> headers = new ArrayList<>(kafkaHeaders.length);
        for (var header : kafkaHeaders) {
            headers.add(new Header(header.key(), header.value()));
        }
        return Headers.of(headers);
    }

    private static byte @org.jspecify.annotations.Nullable [] bytes(
            @org.jspecify.annotations.Nullable ByteBuffer source) {
        if (source == null) {
            return null;
        }
        byte[] copy = new byte[source.remaining()];
        source.get(source.position(), copy);
        return copy;
    }
}
