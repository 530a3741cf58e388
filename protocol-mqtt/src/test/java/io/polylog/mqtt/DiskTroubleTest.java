package io.polylog.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.broker.Writes;
import io.polylog.testkit.FaultyDisk;
import io.polylog.testkit.TestGateway;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Publishers on a disk that is full, broken or slow: none is told that its message was taken unless it was. */
@Execution(ExecutionMode.CONCURRENT)
class DiskTroubleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int UNSPECIFIED_ERROR = 0x80;
    private static final int QUOTA_EXCEEDED = 0x97;

    @TempDir
    Path directory;

    private FaultyDisk disk;
    private TestGateway gateway;

    private enum Trouble {
        FULL(QUOTA_EXCEEDED, disk -> disk.limitSpace(1 << 20)),
        BROKEN(UNSPECIFIED_ERROR, disk -> disk.failForce(1));

        private final int reason;
        private final Consumer<FaultyDisk> plan;

        Trouble(int reason, Consumer<FaultyDisk> plan) {
            this.reason = reason;
            this.plan = plan;
        }
    }

    @BeforeEach
    void start() throws IOException {
        disk = new FaultyDisk(directory);
        gateway = TestGateway.start(
                directory,
                Map.of("durability", "fsync"),
                disk,
                EpochClock.system(),
                NanoClock.system(),
                new MqttAdapterFactory());
    }

    @AfterEach
    void stop() throws IOException {
        disk.releaseForces();
        disk.freeSpace();
        gateway.close();
    }

    @ParameterizedTest
    @EnumSource
    void mqtt5IsToldWhyAPublishWasNotTaken(Trouble trouble) throws Exception {
        assertThat(publish5("before")).isZero();
        trouble.plan.accept(disk);
        if (trouble == Trouble.FULL) {
            awaitWrites(Writes.DISK_FULL);
        }

        assertThat(publish5("refused")).isEqualTo(trouble.reason);
        assertThat(publish5("refused")).isEqualTo(trouble.reason);
    }

    @Test
    void mqtt3GetsNoAcknowledgementAndSendsAgainOverItsNextConnection() throws Exception {
        try (Mqtt3 client = new Mqtt3()) {
            client.publish("before");
            Awaitility.await().atMost(PATIENCE).until(() -> client.acknowledged.get() == 1);
            disk.limitSpace(1 << 20);
            awaitWrites(Writes.DISK_FULL);

            client.publish("late");

            Awaitility.await("closed by the gateway").atMost(PATIENCE).until(() -> client.losses.get() > 0);
            assertThat(client.acknowledged).hasValue(1);
            disk.freeSpace();
            Awaitility.await("sent again").atMost(PATIENCE).until(() -> client.acknowledged.get() == 2);
        }
        Topic topic = gateway.context().topics().find("mqtt").orElseThrow();
        assertThat(gateway.context().fetcher().offsets(topic.partition(0)).highWatermark())
                .isEqualTo(2);
    }

    @Test
    void aStuckForceLetsOthersConnectAndAcknowledgesNothing() throws Exception {
        try (Mqtt3 publisher = new Mqtt3()) { // its session lasts, so that to open it takes the disk
            disk.holdForces(path -> path.toString().endsWith(".journal"));
            for (int i = 0; i < 20; i++) {
                publisher.publish("value " + i);
            }
            for (int i = 0; i < 8; i++) { // so that every event loop of the gateway has some
                MqttClient other = connect5("other-" + i);
                assertThat(other.isConnected()).isTrue();
                other.disconnect();
                other.close();
            }
            assertThat(publisher.acknowledged).hasValue(0);

            disk.releaseForces();

            Awaitility.await().atMost(PATIENCE).until(() -> publisher.acknowledged.get() == 20);
        }
    }

    private void awaitWrites(Writes expected) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> gateway.context().readiness().writes() == expected);
    }

    private String uri() {
        return "tcp://127.0.0.1:" + gateway.port("mqtt");
    }

    private MqttClient connect5(String clientId) throws MqttException {
        MqttClient client =
                new MqttClient(uri(), clientId, new org.eclipse.paho.mqttv5.client.persist.MemoryPersistence());
        client.setTimeToWait(PATIENCE.toMillis());
        client.connect();
        return client;
    }

    /** Publishes with QoS 1, and answers the PUBACK's reason code. */
    private int publish5(String text) throws MqttException {
        org.eclipse.paho.mqttv5.client.MqttAsyncClient client = new org.eclipse.paho.mqttv5.client.MqttAsyncClient(
                uri(), "writer5", new org.eclipse.paho.mqttv5.client.persist.MemoryPersistence());
        client.connect().waitForCompletion(PATIENCE.toMillis());
        IMqttToken published = client.publish("plant/door", text.getBytes(UTF_8), 1, false);
        published.waitForCompletion(PATIENCE.toMillis());
        client.disconnect().waitForCompletion(PATIENCE.toMillis());
        client.close();
        int[] reasons = published.getReasonCodes();
        return reasons == null || reasons.length == 0 ? 0 : reasons[0];
    }

    /** Eclipse Paho for MQTT 3.1.1, which connects again by itself and sends again what was not acknowledged. */
    private final class Mqtt3 implements AutoCloseable {
        final AtomicInteger acknowledged = new AtomicInteger();
        final AtomicInteger losses = new AtomicInteger();
        private final MqttAsyncClient client;

        Mqtt3() throws Exception {
            client = new MqttAsyncClient(uri(), "writer3", new MemoryPersistence());
            client.setCallback(new MqttCallback() {
                @Override
                public void connectionLost(Throwable cause) {
                    losses.incrementAndGet();
                }

                @Override
                public void messageArrived(String topic, MqttMessage message) {}

                @Override
                public void deliveryComplete(IMqttDeliveryToken token) {
                    acknowledged.incrementAndGet();
                }
            });
            MqttConnectOptions options = new MqttConnectOptions();
            options.setAutomaticReconnect(true);
            options.setCleanSession(false);
            options.setMaxInflight(100);
            client.connect(options).waitForCompletion(PATIENCE.toMillis());
        }

        void publish(String text) throws Exception {
            client.publish("plant/door", text.getBytes(UTF_8), 1, false);
        }

        @Override
        public void close() throws Exception {
            client.disconnectForcibly(0, 1_000);
            client.close();
        }
    }
}
