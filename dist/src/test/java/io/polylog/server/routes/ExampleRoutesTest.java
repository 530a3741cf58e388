package io.polylog.server.routes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.amqp.AmqpAdapterFactory;
import io.polylog.camel.RouteLint;
import io.polylog.camel.Routes;
import io.polylog.kafka.KafkaAdapterFactory;
import io.polylog.mqtt.MqttAdapterFactory;
import io.polylog.testkit.TestGateway;
import io.polylog.time.EpochClock;
import jakarta.jms.Connection;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples that stay within one gateway, each as it is shipped, with the clients that it is about. */
@Timeout(60)
class ExampleRoutesTest {

    private static final long TIMEOUT_MS = 2_000;

    @TempDir
    private Path directory;

    private final Placeholders placeholders = new Placeholders().set("order.timeout", TIMEOUT_MS + "ms");
    private Path files;
    private TestGateway gateway;
    private KafkaTopics kafka;
    private AutoCloseable routes = () -> {};

    @BeforeEach
    void open() throws Exception {
        files = Files.createDirectory(directory.resolve("routes"));
        gateway = TestGateway.start(
                directory.resolve("data"),
                new KafkaAdapterFactory(),
                new AmqpAdapterFactory(),
                new MqttAdapterFactory());
        kafka = new KafkaTopics(gateway.port("kafka"));
    }

    @AfterEach
    void close() throws Exception {
        kafka.close();
        routes.close();
        gateway.close();
        placeholders.close();
    }

    @Test
    void allOfThemTogetherPassTheCheck() throws Exception {
        assertThat(ExampleFile.all()).hasSize(5);
        assertThat(RouteLint.check(ExampleFile.all())).isEmpty();
    }

    @Test
    void aDirectoryBelowIsNotRead() throws Exception {
        Path below = Files.createDirectory(files.resolve("examples"));
        for (Path example : ExampleFile.all()) {
            ExampleFile.copy(example.getFileName().toString(), below);
        }
        routes = Routes.start(files, gateway.context());
        assertThat(new RouteRows(gateway.context()).all()).isEmpty();
        assertThat(RouteLint.files(files)).isEmpty();
    }

    @Test
    void kafkaToMqtt() throws Exception {
        gateway.context().topics().ensure("alarms").toCompletableFuture().get();
        Queue<String> alarms = new ConcurrentLinkedQueue<>();
        try (MqttClient subscriber =
                new MqttClient("tcp://127.0.0.1:" + gateway.port("mqtt"), "subscriber", new MemoryPersistence())) {
            subscriber.connect();
            subscriber.subscribe(
                    "alarms/#",
                    1,
                    (topic, message) -> alarms.add(topic + " " + new String(message.getPayload(), UTF_8)));
            run("kafka-to-mqtt.yaml");
            kafka.send("readings", "boiler/7", "{\"temperature\": 30}");
            kafka.send("readings", "boiler/7", "{\"temperature\": 31.5}");
            kafka.send("readings", "boiler/8", "{\"humidity\": 99}");
            kafka.send("readings", "boiler/9", "{\"temperature\": 200}");
            await().until(() -> alarms.size() == 2);
            assertThat(alarms)
                    .containsExactly(
                            "alarms/boiler/7 {\"temperature\": 31.5}", "alarms/boiler/9 {\"temperature\": 200}");
            subscriber.disconnect();
        }
    }

    @Test
    void amqpQueueToKafka() throws Exception {
        run("amqp-queue-to-kafka.yaml");
        JmsConnectionFactory factory = new JmsConnectionFactory("amqp://127.0.0.1:" + gateway.port("amqp"));
        try (Connection connection = factory.createConnection();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue("orders-in"))) {
            TextMessage order = session.createTextMessage("two boxes");
            order.setStringProperty("orderNumber", "42");
            order.setStringProperty("customer", "acme");
            order.setStringProperty("internalTrace", "x");
            order.setStringProperty("region", "eu");
            producer.send(order);
            producer.send(session.createTextMessage("nobody's"));
        }
        await().until(() -> kafka.read("orders").size() == 2);
        ConsumerRecord<String, String> first = kafka.read("orders").get(0);
        assertThat(first.key()).isEqualTo("acme");
        assertThat(first.value()).isEqualTo("two boxes");
        assertThat(header(first, "order-number")).isEqualTo("42");
        assertThat(header(first, "source")).isEqualTo("amqp");
        assertThat(header(first, "region")).isEqualTo("eu");
        assertThat(first.headers())
                .extracting(Header::key)
                .doesNotContain("orderNumber", "internalTrace")
                .noneMatch(name -> name.startsWith("Camel"));
        assertThat(kafka.read("orders").get(1).key()).isNull();
    }

    @Test
    void orderTimeout() throws Exception {
        run("order-timeout.yaml");
        long created = EpochClock.system().timeMs();
        order("paid-in-time", "created");
        order("paid-in-time", "paid");
        order("paid-too-late", "created");
        // What waits for one partition comes in the order of its time: what was paid would have come before this.
        await().until(() -> !kafka.read("orders.unpaid").isEmpty());
        long arrived = EpochClock.system().timeMs();
        ConsumerRecord<String, String> unpaid = kafka.read("orders.unpaid").get(0);
        assertThat(unpaid.key()).isEqualTo("paid-too-late");
        assertThat(unpaid.value()).isEqualTo("{\"event\": \"created\"}");
        assertThat(header(unpaid, "polylog-schedule-id")).isEqualTo("paid-too-late");
        long due = Long.parseLong(header(unpaid, "polylog-scheduled-at"));
        assertThat(due).isBetween(created + TIMEOUT_MS, arrived);
        assertThat(unpaid.timestamp()).isEqualTo(due);

        order("paid-too-late", "paid");
        order("never-created", "paid");
        await().until(() -> kafka.read("orders.paid-late").size() == 2);
        assertThat(kafka.read("orders.paid-late"))
                .extracting(record -> record.key() + " " + header(record, "cancel"))
                .containsExactly("paid-too-late too-late", "never-created not-found");
        assertThat(kafka.values("orders.unpaid")).hasSize(1);
    }

    private void order(String id, String event) throws Exception {
        kafka.send("order-events", id, "{\"event\": \"" + event + "\"}");
    }

    private void run(String example) throws Exception {
        ExampleFile.copy(example, files);
        routes = Routes.start(files, gateway.context());
        RouteRows rows = new RouteRows(gateway.context());
        assertThat(rows.all()).extracting(row -> row.get("state")).isEqualTo(List.of("running"));
    }

    private static String header(ConsumerRecord<String, String> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }
}
