package io.polylog.server.crash;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * An application that reads a topic, writes to another and commits its offsets, all in transactions: a process of its own, to be
 * killed. Whatever goes wrong ends it, and whoever started it starts it again.
 */
final class Transformer {

    static final String IN = "in";
    static final String OUT = "out";
    static final String GROUP = "transformers";

    private static final int MAX_POLL_RECORDS = 40;

    private Transformer() {}

    /**
     * @param arguments bootstrap server; a name of its own
     */
    public static void main(String[] arguments) {
        String bootstrap = arguments[0];
        String name = arguments[1];
        Map<String, Object> consuming = Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                GROUP,
                "group.instance.id",
                name,
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest",
                "max.poll.records",
                MAX_POLL_RECORDS,
                "reconnect.backoff.max.ms",
                200);
        Map<String, Object> producing =
                Map.of("bootstrap.servers", bootstrap, "transactional.id", name, "reconnect.backoff.max.ms", 200);
        try (KafkaConsumer<String, String> consumer =
                        new KafkaConsumer<>(consuming, new StringDeserializer(), new StringDeserializer());
                KafkaProducer<String, String> producer =
                        new KafkaProducer<>(producing, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            consumer.subscribe(List.of(IN));
            while (true) {
                transform(consumer.poll(Duration.ofMillis(200)), consumer, producer);
            }
        } catch (KafkaException failure) {
            System.out.println(failure);
            Runtime.getRuntime().halt(1);
        }
    }

    private static void transform(
            ConsumerRecords<String, String> records,
            KafkaConsumer<String, String> consumer,
            KafkaProducer<String, String> producer) {
        if (records.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        producer.beginTransaction();
        for (ConsumerRecord<String, String> record : records) {
            producer.send(new ProducerRecord<>(OUT, record.key(), record.value()));
            offsets.put(
                    new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        producer.commitTransaction();
    }
}
