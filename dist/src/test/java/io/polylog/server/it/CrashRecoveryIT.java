package io.polylog.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.endpoint.Endpoint;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** kill -9 in the middle of publishing: whatever was acknowledged is there after the next start, through every door. */
final class CrashRecoveryIT {

    private static final String TOPIC = "ledger";
    private static final int ACKNOWLEDGED_BEFORE_KILL = 1_000;

    /** So that the kill hits batches on their way, and not many more than that have to be read back. */
    private static final int MAX_UNACKNOWLEDGED = 500;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"none", "lz4", "zstd"})
    void whateverWasAcknowledgedIsThereAfterAKill(String compression) throws Exception {
        Set<String> acknowledged;
        try (StartedGateway gateway = StartedGateway.start(directory, Map.of())) {
            acknowledged = publishUntilKilled(gateway, compression);
        }
        try (StartedGateway gateway = StartedGateway.start(directory, Map.of())) {
            assertThat(overAmqp(gateway.endpoint("amqp"), acknowledged.size())).containsAll(acknowledged);
            assertThat(overMqtt(gateway.endpoint("mqtt"), acknowledged)).containsAll(acknowledged);
            assertThat(overKafka(gateway.endpoint("kafka")))
                    .containsAll(acknowledged)
                    .doesNotHaveDuplicates();
        }
    }

    private static Set<String> publishUntilKilled(StartedGateway gateway, String compression) throws Exception {
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        AtomicBoolean go = new AtomicBoolean(true);
        Semaphore room = new Semaphore(MAX_UNACKNOWLEDGED);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        gateway.endpoint("kafka").toString(),
                        "compression.type",
                        compression,
                        "delivery.timeout.ms",
                        3_000,
                        "request.timeout.ms",
                        2_000,
                        "max.block.ms",
                        5_000),
                new StringSerializer(),
                new StringSerializer())) {
            Thread publisher = new Thread(
                    () -> {
                        for (int i = 0; go.get(); i++) {
                            String value = "value " + i;
                            room.acquireUninterruptibly();
                            producer.send(new ProducerRecord<>(TOPIC, "key " + i % 7, value), (metadata, failure) -> {
                                room.release();
                                if (failure == null) {
                                    acknowledged.add(value);
                                }
                            });
                        }
                    },
                    "publisher");
            publisher.start();
            Awaitility.await("acknowledgements")
                    .atMost(PATIENCE)
                    .until(() -> acknowledged.size() >= ACKNOWLEDGED_BEFORE_KILL);
            gateway.kill();
            go.set(false);
            publisher.join();
        }
        return acknowledged;
    }

    /** Receives until it has seen that many different messages. */
    private static Set<String> overAmqp(Endpoint amqp, int count) throws Exception {
        Set<String> received = new HashSet<>();
        try (Connection connection = new JmsConnectionFactory("amqp://" + amqp).createConnection()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue(TOPIC));
            connection.start();
            Message message = consumer.receive(PATIENCE.toMillis());
            while (message != null) {
                byte[] body = new byte[Math.toIntExact(((BytesMessage) message).getBodyLength())];
                ((BytesMessage) message).readBytes(body);
                received.add(new String(body, StandardCharsets.UTF_8));
                message = consumer.receive(received.size() < count ? PATIENCE.toMillis() : 1_000);
            }
        }
        return received;
    }

    /** Subscribes from the earliest record, until everything wanted has come. */
    private static Set<String> overMqtt(Endpoint mqtt, Set<String> wanted) throws Exception {
        Set<String> received = ConcurrentHashMap.newKeySet();
        try (@SuppressWarnings("try") // it only has to be open
                MqttReplay replay = new MqttReplay("tcp://" + mqtt, TOPIC + "/#", received::add)) {
            Awaitility.await("messages over MQTT").atMost(PATIENCE).until(() -> received.containsAll(wanted));
        }
        return received;
    }

    private static List<String> overKafka(Endpoint kafka) {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.toString()), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }
}
