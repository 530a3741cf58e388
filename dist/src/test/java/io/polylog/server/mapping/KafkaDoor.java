package io.polylog.server.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.mapping.KafkaDoor.KafkaDraft;
import io.polylog.server.mapping.Lens.Carried;
import io.polylog.server.mapping.Lens.Delivered;
import io.polylog.testkit.GatewayExtension;
import io.polylog.time.NanoClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's own producer and consumer. */
final class KafkaDoor extends Door<KafkaDraft, ConsumerRecord<byte[], byte[]>> {

    private static final NanoClock CLOCK = NanoClock.system();

    /** What a {@link ProducerRecord} is made of. */
    static final class KafkaDraft {
        final Headers headers = new RecordHeaders();
        byte[] key;
        byte[] value;
        long timestampMs;
    }

    private final GatewayExtension gateway;
    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Queue<ConsumerRecord<byte[], byte[]>> received = new ArrayDeque<>();

    /** Makes the topic, by asking for it. */
    KafkaDoor(GatewayExtension gateway, String topic) {
        super("Kafka", "kafka", MappingCase::kafka);
        this.gateway = gateway;
        this.topic = topic;
        Map<String, Object> settings = Map.of("bootstrap.servers", gateway.address("kafka"), "linger.ms", 0);
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        List<TopicPartition> partitions = producer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", gateway.address("kafka")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    static Lens<KafkaDraft, ConsumerRecord<byte[], byte[]>> key() {
        return new Carried<>(
                (draft, value) -> draft.key = value.getBytes(UTF_8),
                message -> message.key() == null ? null : new String(message.key(), UTF_8));
    }

    static Lens<KafkaDraft, ConsumerRecord<byte[], byte[]>> header(String name) {
        return new Carried<>(
                (draft, value) -> draft.headers.add(name, value.getBytes(UTF_8)),
                message -> text(message.headers().lastHeader(name)));
    }

    /** A header that other protocols set. */
    static Lens<KafkaDraft, ConsumerRecord<byte[], byte[]>> delivered(String name) {
        return new Delivered<>(message -> text(message.headers().lastHeader(name)));
    }

    /** A header that comes several times; its values with a bar between them. */
    static Lens<KafkaDraft, ConsumerRecord<byte[], byte[]>> repeated(String name) {
        return new Carried<>(
                (draft, value) -> {
                    for (String one : value.split("\\|", -1)) {
                        draft.headers.add(name, one.getBytes(UTF_8));
                    }
                },
                message -> {
                    List<String> values = new ArrayList<>();
                    message.headers().headers(name).forEach(header -> values.add(text(header)));
                    return values.isEmpty() ? null : String.join("|", values);
                });
    }

    /** A header of bytes, in hexadecimal. */
    static Lens<KafkaDraft, ConsumerRecord<byte[], byte[]>> binary(String name) {
        return new Carried<>(
                (draft, value) -> draft.headers.add(name, HexFormat.of().parseHex(value)), message -> {
                    Header header = message.headers().lastHeader(name);
                    return header == null ? null : HexFormat.of().formatHex(header.value());
                });
    }

    /** The type of a CloudEvent in binary mode. */
    static Lens<KafkaDraft, ConsumerRecord<byte[], byte[]>> cloudEvent(String prefix) {
        return new Carried<>(
                (draft, value) -> {
                    draft.headers.add(prefix + "specversion", "1.0".getBytes(UTF_8));
                    draft.headers.add(prefix + "type", value.getBytes(UTF_8));
                },
                message -> "1.0".equals(text(message.headers().lastHeader(prefix + "specversion")))
                        ? text(message.headers().lastHeader(prefix + "type"))
                        : null);
    }

    private static String text(Header header) {
        return header == null ? null : new String(header.value(), UTF_8);
    }

    @Override
    KafkaDraft draft(String value) {
        KafkaDraft draft = new KafkaDraft();
        draft.value = value.getBytes(UTF_8);
        draft.timestampMs = gateway.clock().timeMs();
        return draft;
    }

    @Override
    void publish(KafkaDraft draft) throws Exception {
        producer.send(new ProducerRecord<>(topic, null, draft.timestampMs, draft.key, draft.value, draft.headers))
                .get(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    ConsumerRecord<byte[], byte[]> next() {
        long startNanos = CLOCK.nanoTime();
        while (received.isEmpty()) {
            assertThat(CLOCK.nanoTime() - startNanos)
                    .as("a record comes")
                    .isLessThan(TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS));
            consumer.poll(Duration.ofMillis(100)).forEach(received::add);
        }
        return received.remove();
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}
