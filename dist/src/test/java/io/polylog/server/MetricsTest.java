package io.polylog.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.server.paho.QuietCallback;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the metrics say of a gateway that stock clients of all protocols have used: three messages by Kafka, two by JMS and four by
 * MQTT, read by one client of each; and that docs/operations.md lists these metrics and no others.
 */
@Timeout(120)
final class MetricsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> DOORS = List.of("kafka", "amqp", "mqtt", "http");
    private static final int MESSAGES = 3 + 2 + 4;
    private static final String MQTT_PAYLOAD = "12345";
    private static final TopicPartition PARTITION = new TopicPartition("m", 0);

    // Extensions of Qpid JMS: a message is settled by itself, and with an outcome of its own.
    private static final int INDIVIDUAL_ACKNOWLEDGE = 101;
    private static final String ACK_TYPE = "JMS_AMQP_ACK_TYPE";
    private static final int REJECTED = 2;

    @TempDir
    private static Path directory;

    private static final List<AutoCloseable> open = new ArrayList<>();
    private static final AtomicInteger seenByMqtt = new AtomicInteger();
    private static ScrapedNode node;
    private static Scrape used;
    private static Admin admin;
    private static Session jms;
    private static MqttClient mqtt;

    @BeforeAll
    static void useEveryDoor() throws Exception {
        node = keep(ScrapedNode.start(directory, Map.of()));
        admin = keep(Admin.create(node.kafka(Map.of())));
        admin.createTopics(List.of(new NewTopic("m", 1, (short) 1))).all().get();
        connectJms();
        MessageConsumer queue = jms.createConsumer(jms.createQueue("m"));
        connectMqtt();
        publish();
        consumeWithKafka();
        consumeWithJms(queue);
        await().atMost(PATIENCE).until(() -> seenByMqtt.get() == MESSAGES);
        await().atMost(PATIENCE).until(() -> scrape().value("polylog_mqtt_in_flight") == 0);
        used = scrape();
    }

    @AfterAll
    static void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private static <C extends AutoCloseable> C keep(C closeable) {
        open.add(closeable);
        return closeable;
    }

    private static void connectJms() throws JMSException {
        Connection connection =
                keep(new JmsConnectionFactory("amqp://127.0.0.1:" + node.port("amqp")).createConnection());
        jms = connection.createSession(INDIVIDUAL_ACKNOWLEDGE);
        connection.start();
    }

    private static void connectMqtt() throws MqttException {
        mqtt = new MqttClient("tcp://127.0.0.1:" + node.port("mqtt"), "metrics", new MemoryPersistence());
        mqtt.setCallback(new QuietCallback() {
            @Override
            public void messageArrived(String topic, MqttMessage message) {
                seenByMqtt.incrementAndGet();
            }
        });
        mqtt.connect();
        mqtt.subscribe("m/#", 1);
        open.add(() -> {
            mqtt.disconnect();
            mqtt.close();
        });
    }

    private static void publish() throws Exception {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(node.kafka(Map.of()), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 3; i++) {
                producer.send(new ProducerRecord<>("m", "kafka"));
            }
        }
        var sender = jms.createProducer(jms.createQueue("m"));
        sender.send(jms.createTextMessage("amqp"));
        sender.send(jms.createTextMessage("amqp"));
        for (int i = 0; i < 4; i++) {
            mqtt.publish("m/k", MQTT_PAYLOAD.getBytes(UTF_8), 1, false);
        }
    }

    /** Reads all, and commits five. */
    private static void consumeWithKafka() {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                node.kafka(Map.of("group.id", "audit", "enable.auto.commit", "false")),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            AtomicInteger seen = new AtomicInteger();
            await().atMost(PATIENCE)
                    .until(() ->
                            seen.addAndGet(consumer.poll(Duration.ofMillis(50)).count()) == MESSAGES);
            consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(5)));
        }
    }

    /** Takes all, accepts five and rejects one, which goes to the dead letters; that letter is rejected too. */
    private static void consumeWithJms(MessageConsumer queue) throws JMSException {
        List<Message> taken = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            taken.add(queue.receive(PATIENCE.toMillis()));
        }
        for (int accepted : List.of(0, 1, 2, 4, 5)) {
            taken.get(accepted).acknowledge();
        }
        reject(taken.get(8));
        await().atMost(PATIENCE)
                .until(() -> scrape().value("polylog_dead_letters_total{reason=rejected,topic=m}") == 1);
        MessageConsumer letters = jms.createConsumer(jms.createQueue("m.dlq"));
        reject(letters.receive(PATIENCE.toMillis()));
        await().atMost(PATIENCE)
                .until(() -> scrape().value("polylog_share_archived_total{reason=rejected,topic=m.dlq}") == 1);
    }

    private static void reject(Message message) throws JMSException {
        message.setIntProperty(ACK_TYPE, REJECTED);
        message.acknowledge();
    }

    private static Scrape scrape() {
        return node.scrape();
    }

    @Test
    void messagesAreCountedByDoor() {
        assertThat(used.values())
                .containsEntry("polylog_messages_in_total{protocol=kafka}", 3.0)
                .containsEntry("polylog_messages_in_total{protocol=amqp}", 2.0)
                .containsEntry("polylog_messages_in_total{protocol=mqtt}", 4.0)
                .containsEntry("polylog_messages_out_total{protocol=kafka}", 9.0)
                .containsEntry("polylog_messages_out_total{protocol=amqp}", 10.0) // the dead letter too
                .containsEntry("polylog_messages_out_total{protocol=mqtt}", 9.0);
    }

    @Test
    void messagesAndTheirBytesAreCountedByTopic() {
        assertThat(used.values())
                .containsEntry("polylog_topic_messages_in_total{protocol=kafka,topic=m}", 3.0)
                .containsEntry("polylog_topic_messages_in_total{protocol=amqp,topic=m}", 2.0)
                .containsEntry("polylog_topic_messages_in_total{protocol=mqtt,topic=m}", 4.0)
                .containsEntry("polylog_topic_messages_out_total{protocol=kafka,topic=m}", 9.0)
                .containsEntry("polylog_topic_messages_out_total{protocol=amqp,topic=m}", 9.0)
                .containsEntry("polylog_topic_messages_out_total{protocol=amqp,topic=m.dlq}", 1.0)
                .containsEntry("polylog_topic_messages_out_total{protocol=mqtt,topic=m}", 9.0)
                .containsEntry("polylog_topic_bytes_in_total{protocol=mqtt,topic=m}", 4.0 * MQTT_PAYLOAD.length())
                .containsEntry(
                        "polylog_topic_bytes_out_total{protocol=mqtt,topic=m}",
                        3.0 * "kafka".length() + 2.0 * "amqp".length() + 4.0 * MQTT_PAYLOAD.length());
        // A batch has a head of 61 bytes, and there are one to three of them.
        assertThat(used.value("polylog_topic_bytes_in_total{protocol=kafka,topic=m}"))
                .isBetween(61.0 + 3 * 5, 3 * (61.0 + 20));
        assertThat(used.value("polylog_topic_bytes_out_total{protocol=kafka,topic=m}"))
                .isGreaterThan(used.value("polylog_topic_bytes_in_total{protocol=kafka,topic=m}"));
        assertThat(used.value("polylog_topic_bytes_in_total{protocol=amqp,topic=m}"))
                .isGreaterThan(2 * 4);
        assertThat(used.value("polylog_topic_bytes_out_total{protocol=amqp,topic=m}"))
                .isGreaterThan(used.value("polylog_topic_bytes_in_total{protocol=amqp,topic=m}"));
    }

    @Test
    void connectionsAndTheirBytesAreCounted() {
        assertThat(used.values())
                .containsEntry("polylog_connections{protocol=amqp}", 1.0)
                .containsEntry("polylog_connections{protocol=mqtt}", 1.0)
                .containsEntry("polylog_connections{protocol=http}", 1.0)
                .containsEntry("polylog_connections_refused_total{protocol=kafka}", 0.0);
        for (String door : DOORS) {
            assertThat(used.value("polylog_bytes_in_total{protocol=" + door + "}"))
                    .as(door)
                    .isGreaterThan(100);
            assertThat(used.value("polylog_bytes_out_total{protocol=" + door + "}"))
                    .as(door)
                    .isGreaterThan(100);
        }
    }

    @Test
    void lagAndWhatIsInFlightAreThoseOfEachGroup() {
        assertThat(used.values())
                .containsEntry("polylog_group_lag{group=audit,topic=m}", 4.0)
                .containsEntry("polylog_group_lag{group=queue:m,topic=m}", 3.0)
                .containsEntry("polylog_group_in_flight{group=queue:m,topic=m}", 3.0)
                .containsEntry("polylog_group_lag{group=queue:m.dlq,topic=m.dlq}", 0.0)
                .containsEntry("polylog_group_in_flight{group=queue:m.dlq,topic=m.dlq}", 0.0);
    }

    @Test
    void appendsAndForcesAreTimed() {
        double appends = used.value("polylog_append_seconds_count");
        assertThat(appends).isBetween(5.0, 50.0);
        assertThat(used.value("polylog_append_seconds_bucket{le=+Inf}")).isEqualTo(appends);
        assertThat(used.value("polylog_journal_force_seconds_count"))
                .isPositive()
                .isEqualTo(used.value("polylog_journal_write_seconds_count"));
        assertThat(used.value("polylog_journal_force_seconds_sum"))
                .isPositive()
                .isLessThan(used.value("polylog_journal_write_seconds_sum"));
    }

    @Test
    void clientsThatBreakTheProtocolAreCounted() throws IOException {
        // For Kafka two mistakes in one piece; a client is counted once.
        byte[] nonsense = "\0\0\0\2\r\n\0\0\0\0\r\n\r\n".getBytes(UTF_8);
        for (String door : DOORS) {
            String name = "polylog_protocol_errors_total{protocol=" + door + "}";
            double before = scrape().value(name);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port(door))) {
                socket.getOutputStream().write(nonsense);
                socket.getInputStream().readAllBytes();
                await(door).atMost(PATIENCE).until(() -> scrape().value(name) == before + 1);
            }
        }
    }

    @Test
    void seriesOfATopicEndWithIt() throws Exception {
        admin.createTopics(List.of(new NewTopic("gone", 1, (short) 1))).all().get();
        mqtt.publish("gone/k", new byte[] {1}, 1, false);
        String series = "polylog_topic_messages_in_total{protocol=mqtt,topic=gone}";
        assertThat(scrape().values()).containsEntry(series, 1.0);
        admin.deleteTopics(List.of("gone")).all().get();
        assertThat(scrape().values().keySet()).noneMatch(name -> name.contains("topic=gone"));
    }

    @Test
    void documentationListsTheMetricsThatThereAre() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        Files.readAllLines(Path.of("..", "docs", "operations.md")).stream()
                .filter(line -> line.startsWith("| `polylog_"))
                .map(line -> line.split("\\|"))
                .forEach(cells -> documented.put(cells[1].strip().replace("`", ""), cells[2].strip()));

        assertThat(used.types()).isEqualTo(documented);
    }

    @Test
    void namesFollowPrometheus() {
        assertThat(used.types()).allSatisfy((name, type) -> {
            assertThat(name.endsWith("_total")).as(name).isEqualTo(type.equals("counter"));
            assertThat(name.endsWith("_seconds")).as(name).isEqualTo(type.equals("histogram"));
            assertThat(name).doesNotContain("millis", "_ms", "nanos", "_kb", "_mb");
        });
    }
}
