package io.polylog.server.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.testkit.GatewayExtension;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka's producer. */
final class KafkaScheduleClient implements ScheduleClient {

    private final KafkaProducer<String, String> producer;

    KafkaScheduleClient(GatewayExtension gateway) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", gateway.address("kafka")), new StringSerializer(), new StringSerializer());
    }

    void publish(String topic, String text) throws Exception {
        send(topic, text);
    }

    @Override
    public void schedule(String topic, String text, String delay, String id) throws Exception {
        send(topic, text, "polylog-delay", delay, "polylog-schedule-id", id);
    }

    @Override
    public void cancel(String topic, String id) throws Exception {
        send(topic, null, "polylog-schedule-cancel", id);
    }

    private void send(String topic, String text, String... headers) throws Exception {
        ProducerRecord<String, String> record = new ProducerRecord<>(topic, "key", text);
        for (int i = 0; i < headers.length; i += 2) {
            record.headers().add(headers[i], headers[i + 1].getBytes(UTF_8));
        }
        producer.send(record).get();
    }

    @Override
    public void close() {
        producer.close();
    }
}
