package io.polylog.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.server.endpoint.Endpoint;
import io.polylog.time.NanoClock;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.awaitility.Awaitility;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A file system that is really full, and the clients that people use: writers hear of it in their protocol's own words,
 * readers go on, and once there is room all go on by themselves, with everything acknowledged there once.
 */
@Execution(ExecutionMode.CONCURRENT)
final class FullDiskIT {

    private static final NanoClock CLOCK = NanoClock.system();

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int DISK_MEBIBYTES = 160;

    /** A tenth of the disk is the reserve; settlements go through until a quarter of that is left. */
    private static final long WITHIN_THE_RESERVE = (DISK_MEBIBYTES * 1_048_576L) / 10 * 2 / 3;

    private static final int REFUSED_FOR_QUOTA = 0x97;

    @TempDir
    private Path directory;

    private Path data;

    @BeforeEach
    void makeMountPoint() throws IOException {
        data = Files.createDirectory(directory.resolve("data"));
    }

    private StartedGateway start(Map<String, String> environment) {
        return StartedGateway.start(directory, environment, SmallDisk.mountAt(data, DISK_MEBIBYTES));
    }

    @Test
    void everyDoorRefusesInItsOwnWordsAndServesReaders() throws Exception {
        try (StartedGateway gateway = start(Map.of());
                KafkaWriter writer = new KafkaWriter(gateway.endpoint("kafka"), "orders", 16)) {
            SmallDisk disk = SmallDisk.of(gateway, data);
            writer.send(1_000);
            writer.awaitAllAcknowledged();
            send(gateway.endpoint("amqp"), "bills", List.of("first", "second"));
            assertThat(publish5(gateway.endpoint("mqtt"), "before")).isZero();

            disk.fill(WITHIN_THE_RESERVE);
            awaitReady(gateway, "refused: disk full");

            writer.send(1_000);
            assertThatThrownBy(() -> send(gateway.endpoint("amqp"), "bills", List.of("refused")))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("resource-limit-exceeded");
            assertThat(publish5(gateway.endpoint("mqtt"), "refused")).isEqualTo(REFUSED_FOR_QUOTA);
            assertThat(overKafka(gateway.endpoint("kafka"), "orders", 1_000, true))
                    .containsExactlyInAnyOrderElementsOf(writer.acknowledged);
            assertThat(receive(gateway.endpoint("amqp"), "bills", 2)).containsExactly("first", "second");
            try (Mqtt3Writer mqtt3 = new Mqtt3Writer(gateway.endpoint("mqtt"))) {
                mqtt3.publish("late");
                Awaitility.await("MQTT 3 connection closed").atMost(PATIENCE).until(() -> mqtt3.losses.get() > 0);
                assertThat(mqtt3.acknowledged).isEmpty();
                assertThat(writer.acknowledged).hasSize(1_000);

                disk.free();

                writer.awaitAllAcknowledged();
                Awaitility.await("MQTT 3 client sends again")
                        .atMost(PATIENCE)
                        .until(() -> mqtt3.acknowledged.size() == 1);
            }
            awaitReady(gateway, "{\"status\":\"ready\"}");
            send(gateway.endpoint("amqp"), "bills", List.of("third"));
            assertThat(receive(gateway.endpoint("amqp"), "bills", 1)).containsExactly("third");
            assertThat(publish5(gateway.endpoint("mqtt"), "after")).isZero();
            assertThat(overKafka(gateway.endpoint("kafka"), "orders", 2_000, true))
                    .containsExactlyInAnyOrderElementsOf(writer.sent);
            assertThat(overKafka(gateway.endpoint("kafka"), "mqtt", 3, true))
                    .containsExactly("before", "late", "after");
            assertThat(gateway.err()).containsOnlyOnce("the disk is full").doesNotContain("halting");
        }
    }

    /** Without a reserve the gateway runs into the end of the disk itself, wherever it happens to write. */
    @ParameterizedTest
    @ValueSource(ints = {16, 20_000})
    void goesOnAfterItRanIntoTheEndOfTheDisk(int valueBytes) throws Exception {
        Map<String, String> environment =
                Map.of("POLYLOG_DISK_RESERVE_BYTES", "0", "POLYLOG_CHECKPOINT_BYTES", "8000000");
        try (StartedGateway gateway = start(environment);
                KafkaWriter writer = new KafkaWriter(gateway.endpoint("kafka"), "orders", valueBytes)) {
            SmallDisk disk = SmallDisk.of(gateway, data);
            writer.send(500);
            writer.awaitAllAcknowledged();
            for (int round = 0; round < 3; round++) {
                writer.send(500);
                disk.fill(0);
                writer.send(500);
                awaitReady(gateway, "refused: disk full");
                Set<String> acknowledged = Set.copyOf(writer.acknowledged);
                assertThat(overKafka(gateway.endpoint("kafka"), "orders", acknowledged.size(), false))
                        .containsAll(acknowledged);
                disk.free();
                writer.awaitAllAcknowledged();
            }
            awaitReady(gateway, "{\"status\":\"ready\"}");
            assertThat(overKafka(gateway.endpoint("kafka"), "orders", writer.sent.size(), false))
                    .containsExactlyInAnyOrderElementsOf(writer.sent);
            assertThat(gateway.err()).contains("the disk is full").doesNotContain("halting");
        }
    }

    // ---- clients ------------------------------------------------------------------------------------------------

    /** A producer with the defaults of kafka-clients. */
    private static final class KafkaWriter implements AutoCloseable {
        final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        final Set<String> sent = ConcurrentHashMap.newKeySet();
        private final Set<Exception> failures = ConcurrentHashMap.newKeySet();
        private final KafkaProducer<String, String> producer;
        private final String topic;
        private final String padding;

        KafkaWriter(Endpoint kafka, String topic, int valueBytes) {
            producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", kafka.toString()), new StringSerializer(), new StringSerializer());
            this.topic = topic;
            this.padding = "x".repeat(valueBytes);
        }

        /** Sends so many more; all that wait fit the producer's buffer. */
        void send(int count) {
            for (int i = 0; i < count; i++) {
                String value = sent.size() + " " + padding;
                sent.add(value);
                producer.send(new ProducerRecord<>(topic, value), (metadata, failure) -> {
                    if (failure == null) {
                        acknowledged.add(value);
                    } else {
                        failures.add(failure);
                    }
                });
            }
        }

        void awaitAllAcknowledged() {
            Awaitility.await("Kafka acknowledgements").atMost(PATIENCE).until(() -> {
                assertThat(failures).isEmpty();
                return acknowledged.size() == sent.size();
            });
        }

        @Override
        public void close() {
            producer.close(Duration.ZERO);
        }
    }

    /** Everything from the beginning on until there are that many, and what has come with it. */
    private static List<String> overKafka(Endpoint kafka, String topic, int count, boolean inGroup) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.toString(),
                        "group.id",
                        "readers-" + UUID.randomUUID(),
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        "false"),
                new StringDeserializer(),
                new StringDeserializer())) {
            if (inGroup) {
                consumer.subscribe(List.of(topic));
            } else {
                TopicPartition partition = new TopicPartition(topic, 0);
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
            }
            long deadline = CLOCK.nanoTime() + PATIENCE.toNanos();
            while (values.size() < count && CLOCK.nanoTime() < deadline) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    values.add(record.value());
                }
            }
            if (inGroup) {
                consumer.commitSync();
            }
        }
        return values;
    }

    private static void send(Endpoint amqp, String queue, List<String> texts) throws JMSException {
        try (Connection connection = new JmsConnectionFactory("amqp://" + amqp).createConnection()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            for (String text : texts) {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(text.getBytes(StandardCharsets.UTF_8));
                producer.send(message);
            }
        }
    }

    private static List<String> receive(Endpoint amqp, String queue, int count) throws JMSException {
        List<String> received = new ArrayList<>();
        try (Connection connection = new JmsConnectionFactory("amqp://" + amqp).createConnection()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
            connection.start();
            while (received.size() < count) {
                Message message = consumer.receive(PATIENCE.toMillis());
                assertThat(message)
                        .as("message %d of %s", received.size() + 1, queue)
                        .isNotNull();
                byte[] body = new byte[Math.toIntExact(((BytesMessage) message).getBodyLength())];
                ((BytesMessage) message).readBytes(body);
                received.add(new String(body, StandardCharsets.UTF_8));
            }
        }
        return received;
    }

    /** Publishes with QoS 1, and answers the PUBACK's reason code. */
    private static int publish5(Endpoint mqtt, String text) throws MqttException {
        MqttAsyncClient client = new MqttAsyncClient("tcp://" + mqtt, "writer5", new MemoryPersistence());
        client.connect().waitForCompletion(PATIENCE.toMillis());
        IMqttToken published = client.publish("plant/door", text.getBytes(StandardCharsets.UTF_8), 1, false);
        published.waitForCompletion(PATIENCE.toMillis());
        client.disconnect().waitForCompletion(PATIENCE.toMillis());
        client.close();
        int[] reasons = published.getReasonCodes();
        return reasons == null || reasons.length == 0 ? 0 : reasons[0];
    }

    /** An MQTT 3.1.1 client that connects again by itself and sends again what was not acknowledged. */
    private static final class Mqtt3Writer implements AutoCloseable {
        final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
        final AtomicInteger losses = new AtomicInteger();
        private final org.eclipse.paho.client.mqttv3.MqttAsyncClient client;

        Mqtt3Writer(Endpoint mqtt) throws Exception {
            client = new org.eclipse.paho.client.mqttv3.MqttAsyncClient(
                    "tcp://" + mqtt, "writer3", new org.eclipse.paho.client.mqttv3.persist.MemoryPersistence());
            client.setCallback(new org.eclipse.paho.client.mqttv3.MqttCallback() {
                @Override
                public void connectionLost(Throwable cause) {
                    losses.incrementAndGet();
                }

                @Override
                public void messageArrived(String topic, org.eclipse.paho.client.mqttv3.MqttMessage message) {}

                @Override
                public void deliveryComplete(org.eclipse.paho.client.mqttv3.IMqttDeliveryToken token) {
                    acknowledged.add(token.getMessageId());
                }
            });
            MqttConnectOptions options = new MqttConnectOptions();
            options.setAutomaticReconnect(true);
            options.setCleanSession(false);
            client.connect(options).waitForCompletion(PATIENCE.toMillis());
        }

        void publish(String text) throws Exception {
            client.publish("plant/door", text.getBytes(StandardCharsets.UTF_8), 1, false);
        }

        @Override
        public void close() throws Exception {
            client.disconnectForcibly(0, 1_000);
            client.close();
        }
    }

    private static void awaitReady(StartedGateway gateway, String expected) {
        Awaitility.await("ready with " + expected)
                .atMost(PATIENCE)
                .pollInterval(100, TimeUnit.MILLISECONDS)
                .until(() -> ready(gateway).contains(expected));
    }

    private static String ready(StartedGateway gateway) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + gateway.endpoint("http") + "/health/ready"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }
}
