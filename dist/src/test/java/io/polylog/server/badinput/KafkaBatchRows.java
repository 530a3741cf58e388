package io.polylog.server.badinput;

import static io.polylog.server.badinput.KafkaBatch.record;
import static io.polylog.server.badinput.KafkaBatch.recordWithHeaders;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.badinput.KafkaWire.Ask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Record batches that no producer makes: each is refused with its own error, and the connection goes on. */
final class KafkaBatchRows {

    static final String TOPIC = "strange";

    private static final int BOMB_MIB = 66;
    private static final int BOMBS_AT_A_TIME = 4;
    private static final int CONTROL = 0x20;
    private static final int TRANSACTIONAL = 0x10;
    private static final int SNAPPY = 2;
    private static final long INVENTED_PRODUCER = 7_000_000;

    private KafkaBatchRows() {}

    static List<BadRow> all() {
        List<BadRow> rows = new ArrayList<>();
        addHeaders(rows);
        addRecords(rows);
        addProducers(rows);
        addBombs(rows);
        return rows;
    }

    private static void addHeaders(List<BadRow> rows) {
        byte[] wrongSum = good().bytes();
        wrongSum[wrongSum.length - 1] ^= 1;
        rows.add(row(Clause.KAFKA_BATCH_CHECKSUM, "a flipped bit", Errors.CORRUPT_MESSAGE, wrongSum));
        rows.add(row(Clause.KAFKA_BATCH_CHECKSUM, "random bytes", Errors.CORRUPT_MESSAGE, noise()));
        rows.add(row(Clause.KAFKA_BATCH_CHECKSUM, "no batch", Errors.INVALID_RECORD));
        byte[] half = ByteBuffer.wrap(good().bytes()).putInt(8, 5000).array();
        rows.add(row(Clause.KAFKA_BATCH_CHECKSUM, "longer than the request", Errors.CORRUPT_MESSAGE, half));
        rows.add(row(Clause.KAFKA_BATCH_MAGIC, "1", Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT, good().magic(1)));
        rows.add(row(Clause.KAFKA_BATCH_MAGIC, "-1", Errors.CORRUPT_MESSAGE, good().magic(-1)));
        rows.add(row(Clause.KAFKA_BATCH_MAGIC, "99", Errors.CORRUPT_MESSAGE, good().magic(99)));
        // Offsets are given by the gateway, whatever the producer says.
        rows.add(row(Clause.KAFKA_BATCH_OFFSETS, "negative base", Errors.NONE, good().baseOffset(Long.MIN_VALUE)));
        rows.add(row(Clause.KAFKA_BATCH_OFFSETS, "base at the end", Errors.NONE, good().baseOffset(Long.MAX_VALUE)));
        rows.add(row(Clause.KAFKA_BATCH_OFFSETS, "negative delta", Errors.INVALID_RECORD, good().lastOffsetDelta(-1)));
        rows.add(row(
                Clause.KAFKA_BATCH_OFFSETS,
                "two batches",
                Errors.INVALID_RECORD,
                AmqpWire.join(good().bytes(), good().bytes())));
        rows.add(row(Clause.KAFKA_BATCH_RECORD_COUNT, "0", Errors.INVALID_RECORD, good().count(0)));
        rows.add(row(Clause.KAFKA_BATCH_RECORD_COUNT, "-1", Errors.INVALID_RECORD, good().count(-1)));
        rows.add(row(
                Clause.KAFKA_BATCH_RECORD_COUNT,
                "one too many",
                Errors.CORRUPT_MESSAGE,
                good().count(2).lastOffsetDelta(1)));
        rows.add(row(
                Clause.KAFKA_BATCH_RECORD_COUNT,
                "2^31-1",
                Errors.CORRUPT_MESSAGE,
                good().count(Integer.MAX_VALUE).lastOffsetDelta(Integer.MAX_VALUE - 1)));
        rows.add(row(
                Clause.KAFKA_BATCH_RECORD_COUNT,
                "one too few",
                Errors.CORRUPT_MESSAGE,
                KafkaBatch.ofRecords(record(0, 1, (byte) 'a'), record(1, 1, (byte) 'b'))
                        .count(1)
                        .lastOffsetDelta(0)));
        rows.add(row(Clause.KAFKA_CONTROL_BATCH, "control", Errors.INVALID_RECORD, good().attributes(CONTROL)));
        rows.add(row(
                Clause.KAFKA_CONTROL_BATCH,
                "transactional without a producer",
                Errors.INVALID_RECORD,
                good().attributes(TRANSACTIONAL)));
        rows.add(row(Clause.KAFKA_CONTROL_BATCH, "compression 7", Errors.CORRUPT_MESSAGE, good().attributes(7)));
    }

    private static void addRecords(List<BadRow> rows) {
        Clause offsets = Clause.KAFKA_BATCH_OFFSETS;
        rows.add(records(
                offsets, "one twice", Errors.INVALID_RECORD, record(0, 1, (byte) 'a'), record(0, 1, (byte) 'b')));
        rows.add(records(offsets, "negative", Errors.INVALID_RECORD, record(-1, 1, (byte) 'a')));
        Clause length = Clause.KAFKA_BATCH_NEGATIVE_LENGTH;
        rows.add(records(length, "record", Errors.CORRUPT_MESSAGE, KafkaBatch.varint(-1)));
        rows.add(records(length, "record of 2^31-1", Errors.CORRUPT_MESSAGE, KafkaBatch.varint(Integer.MAX_VALUE)));
        rows.add(records(length, "value beyond its record", Errors.CORRUPT_MESSAGE, record(0, 1 << 30, (byte) 'a')));
        rows.add(records(length, "header count", Errors.CORRUPT_MESSAGE, recordWithHeaders(-1)));
        rows.add(records(length, "2^31-1 headers", Errors.CORRUPT_MESSAGE, recordWithHeaders(Integer.MAX_VALUE)));
        rows.add(records(length, "header without a name", Errors.CORRUPT_MESSAGE, recordWithHeaders(1, -1, -1)));
        rows.add(records(length, "varint without an end", Errors.CORRUPT_MESSAGE, "\377".repeat(9)));
    }

    private static void addProducers(List<BadRow> rows) {
        Clause clause = Clause.KAFKA_PRODUCER_ID;
        rows.add(row(clause, "no epoch", Errors.INVALID_RECORD, good().producer(INVENTED_PRODUCER, -1, 0)));
        rows.add(row(clause, "no sequence", Errors.INVALID_RECORD, good().producer(INVENTED_PRODUCER, 0, -1)));
        Ask newer = produce(good().producer(INVENTED_PRODUCER, 9, 0).bytes());
        rows.add(after(newer, "stale epoch", Errors.INVALID_PRODUCER_EPOCH, 8, 1));
        rows.add(after(newer, "sequence from nowhere", Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, 9, 1000));
    }

    private static BadRow after(Ask first, String detail, Errors error, int epoch, int sequence) {
        Ask second = produce(good().producer(INVENTED_PRODUCER, epoch, sequence).bytes());
        return new BadRow(
                Clause.KAFKA_PRODUCER_ID,
                detail,
                Door.KAFKA,
                stranger -> {
                    create(stranger);
                    first.exchange(stranger);
                    stranger.send(second.frame());
                },
                answered(second, error));
    }

    private static void addBombs(List<BadRow> rows) {
        for (Compression compression : List.of(
                Compression.gzip().build(),
                Compression.lz4().build(),
                Compression.zstd().build())) {
            rows.add(bomb(
                    compression.type().name, () -> KafkaBatch.bomb(compression, BOMB_MIB), Errors.MESSAGE_TOO_LARGE));
        }
        byte[] block = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7, 0, 0, 0}; // says 2^31-1
        rows.add(bomb("snappy block", () -> KafkaBatch.compressed(SNAPPY, block), Errors.CORRUPT_MESSAGE));
        byte[] head = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 8};
        rows.add(bomb(
                "snappy chunk",
                () -> KafkaBatch.compressed(SNAPPY, AmqpWire.join(head, block)),
                Errors.CORRUPT_MESSAGE));
    }

    /** On several connections at a time. */
    private static BadRow bomb(String detail, Supplier<KafkaBatch> batch, Errors error) {
        Ask any = produce();
        return new BadRow(
                Clause.KAFKA_DECOMPRESSION_BOMB,
                detail,
                Door.KAFKA,
                stranger -> {
                    create(stranger);
                    Ask ask = produce(batch.get().bytes());
                    for (int i = 1; i < BOMBS_AT_A_TIME; i++) {
                        Stranger other = stranger.another();
                        KafkaWire.apiVersions().exchange(other);
                        other.send(ask.frame());
                    }
                    stranger.send(ask.frame());
                },
                Expected.answered(stranger -> {
                    for (Stranger each : stranger.all()) {
                        assertThat(error(any, each)).isEqualTo(error);
                    }
                }));
    }

    private static KafkaBatch good() {
        return KafkaBatch.of(WatchedGateway.SECRET);
    }

    private static byte[] noise() {
        byte[] bytes = good().bytes();
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static BadRow records(Clause clause, String detail, Errors error, byte[]... records) {
        return row(clause, "record: " + detail, error, KafkaBatch.ofRecords(records));
    }

    private static BadRow records(Clause clause, String detail, Errors error, String record) {
        return records(clause, detail, error, record.getBytes(ISO_8859_1));
    }

    private static BadRow row(Clause clause, String detail, Errors error, KafkaBatch batch) {
        return row(clause, detail, error, batch.bytes());
    }

    private static BadRow row(Clause clause, String detail, Errors error, byte... batch) {
        Ask ask = produce(batch);
        return new BadRow(
                clause,
                detail,
                Door.KAFKA,
                stranger -> {
                    create(stranger);
                    stranger.send(ask.frame());
                },
                answered(ask, error));
    }

    private static Expected answered(Ask ask, Errors error) {
        return Expected.answered(stranger -> assertThat(error(ask, stranger)).isEqualTo(error));
    }

    private static Errors error(Ask ask, Stranger stranger) throws IOException {
        ProduceResponseData data = (ProduceResponseData) ask.answer(stranger);
        return Errors.forCode(data.responses()
                .find(TOPIC, Uuid.ZERO_UUID)
                .partitionResponses()
                .get(0)
                .errorCode());
    }

    /** Makes the topic, as a producer does by asking for it. */
    static void create(Stranger stranger) throws IOException {
        new Ask(
                        ApiKeys.METADATA,
                        8,
                        new MetadataRequestData()
                                .setTopics(List.of(new MetadataRequestTopic().setName(TOPIC)))
                                .setAllowAutoTopicCreation(true))
                .exchange(stranger);
    }

    private static Ask produce(byte... batch) {
        TopicProduceDataCollection topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData()
                .setName(TOPIC)
                .setPartitionData(List.of(new PartitionProduceData()
                        .setIndex(0)
                        .setRecords(MemoryRecords.readableRecords(ByteBuffer.wrap(batch))))));
        ProduceRequestData data = new ProduceRequestData()
                .setAcks((short) -1)
                .setTimeoutMs(10_000)
                .setTopicData(topics);
        return new Ask(ApiKeys.PRODUCE, 9, data);
    }
}
