package io.polylog.server.demo;

import io.polylog.schedule.ScheduleHeaders;
import io.polylog.server.endpoint.Endpoint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/** Apache Kafka's own producer, with its defaults but for shorter patience. */
final class KafkaSender {

    private static final int PATIENCE_MS = 15_000;

    private KafkaSender() {}

    /** Publishes and waits for the acknowledgement; says where the record stands. */
    static String publish(Endpoint kafka, Greeting greeting) throws StepFailedException, InterruptedException {
        RecordMetadata acknowledged =
                send(kafka, new ProducerRecord<>(greeting.topic(), greeting.key(), greeting.text()));
        return "partition " + acknowledged.partition() + ", offset " + acknowledged.offset();
    }

    /** Publishes for later and waits for the acknowledgement. */
    static void schedule(Endpoint kafka, Greeting greeting, Duration delay)
            throws StepFailedException, InterruptedException {
        ProducerRecord<String, String> record = new ProducerRecord<>(greeting.topic(), greeting.key(), greeting.text());
        record.headers().add(ScheduleHeaders.DELAY, delay.toString().getBytes(StandardCharsets.UTF_8));
        send(kafka, record);
    }

    private static RecordMetadata send(Endpoint kafka, ProducerRecord<String, String> record)
            throws StepFailedException, InterruptedException {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.toString(),
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                PATIENCE_MS,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                PATIENCE_MS / 2,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                PATIENCE_MS);
        KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        try {
            return producer.send(record).get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | RuntimeException failure) {
            throw new StepFailedException("the Kafka producer got no acknowledgement from " + kafka, failure);
        } finally {
            producer.close(Duration.ofSeconds(1));
        }
    }
}
