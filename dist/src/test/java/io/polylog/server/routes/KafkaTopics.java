package io.polylog.server.routes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes to topics of one partition and reads all that they hold, with Kafka's clients. One thread. */
final class KafkaTopics implements AutoCloseable {

    private final String address;
    private final KafkaProducer<String, String> producer;
    private final Map<String, KafkaConsumer<String, String>> consumers = new HashMap<>();
    private final Map<String, List<ConsumerRecord<String, String>>> seen = new HashMap<>();

    KafkaTopics(int port) {
        this.address = "127.0.0.1:" + port;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", address), new StringSerializer(), new StringSerializer());
    }

    /** Returns when the record is durable. */
    void send(String topic, String key, String value) throws Exception {
        producer.send(new ProducerRecord<>(topic, key, value)).get(30, TimeUnit.SECONDS);
    }

    /** Sends without waiting; {@link #flush} does. */
    void sendLater(String topic, String key, String value) {
        producer.send(new ProducerRecord<>(topic, key, value));
    }

    /** Returns when everything that was sent is durable, or has failed. */
    void flush() {
        producer.flush();
    }

    /** The values of {@link #read}. */
    List<String> values(String topic) {
        return read(topic).stream().map(ConsumerRecord::value).toList();
    }

    /** Everything that has been read from the topic's only partition so far, from its beginning. */
    List<ConsumerRecord<String, String>> read(String topic) {
        KafkaConsumer<String, String> consumer = consumers.computeIfAbsent(topic, name -> {
            KafkaConsumer<String, String> made = new KafkaConsumer<>(
                    Map.of("bootstrap.servers", address, "auto.offset.reset", "earliest"),
                    new StringDeserializer(),
                    new StringDeserializer());
            made.assign(List.of(new TopicPartition(name, 0)));
            return made;
        });
        List<ConsumerRecord<String, String>> all = seen.computeIfAbsent(topic, name -> new ArrayList<>());
        consumer.poll(Duration.ofMillis(100)).forEach(all::add);
        return all;
    }

    @Override
    public void close() {
        producer.close();
        consumers.values().forEach(KafkaConsumer::close);
    }
}
