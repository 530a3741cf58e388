package io.polylog.server.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.GatewayExtension;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens while an MQTT client is away goes by the date. */
class AbsentClientTest {

    private static final String TOPIC = "devices";

    @RegisterExtension
    final GatewayExtension gateway = GatewayExtension.withVirtualClock();

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    @BeforeEach
    void createTopic() throws Exception {
        publish("ready");
    }

    @Test
    void willComesWhenItsDelayIsOver() throws Exception {
        MqttConnectionOptions options = options();
        options.setWill(TOPIC + "/lamp", new MqttMessage("gone".getBytes(UTF_8), 1, false, null));
        MqttProperties willProperties = new MqttProperties();
        willProperties.setWillDelayInterval(600L);
        options.setWillMessageProperties(willProperties);
        leaveWithoutAWord(connect(options));

        try (KafkaReceiver observer = new KafkaReceiver(gateway, TOPIC, "observer", Map.of())) {
            assertThat(observer.next()).isEqualTo("ready");
            gateway.clock().advance("599999ms");
            publish("before");
            gateway.clock().advance("1ms");
            publish("after");
            assertThat(observer.next()).isEqualTo("before");
            assertThat(observer.next()).isEqualTo("gone");
            assertThat(observer.next()).isEqualTo("after");
        }
    }

    @Test
    void messagesExpireWhileItIsAway() throws Exception {
        MqttClient client = connect(options());
        client.subscribe(TOPIC + "/#", 1);
        leaveWithoutAWord(client);
        MqttClient other = connect(new MqttConnectionOptions(), "other");
        MqttMessage shortLived = new MqttMessage("short-lived".getBytes(UTF_8), 1, false, new MqttProperties());
        shortLived.getProperties().setMessageExpiryInterval(60L);
        other.publish(TOPIC + "/lamp", shortLived);
        other.publish(TOPIC + "/lamp", "lasting".getBytes(UTF_8), 1, false);
        gateway.clock().advance("59m");

        MqttClient returned = connect(options());
        assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("lasting");
        close(returned);
        close(other);
    }

    @Test
    void sessionExpires() throws Exception {
        MqttClient client = connect(options());
        client.subscribe(TOPIC + "/#", 1);
        leaveWithoutAWord(client);
        gateway.clock().advance("1h");
        publish("for nobody");

        MqttClient returned = connect(options());
        returned.subscribe(TOPIC + "/#", 1);
        publish("for a new session");
        assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("for a new session");
        close(returned);
    }

    /** Of a client whose session lasts for an hour. */
    private static MqttConnectionOptions options() {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(false);
        options.setSessionExpiryInterval(3600L);
        return options;
    }

    private MqttClient connect(MqttConnectionOptions options) throws MqttException {
        return connect(options, "lamp");
    }

    private MqttClient connect(MqttConnectionOptions options, String clientId) throws MqttException {
        MqttClient client = new MqttClient("tcp://" + gateway.address("mqtt"), clientId, new MemoryPersistence());
        client.setCallback(new QueueingCallback(received));
        client.connect(options);
        return client;
    }

    /** Returns when the gateway has noticed: it knows then when the session ends. */
    private void leaveWithoutAWord(MqttClient client) throws MqttException {
        client.disconnectForcibly(0, 1, false);
        Awaitility.await()
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> gateway.clock().alarms() > 0);
        client.close();
    }

    private static void close(MqttClient client) throws MqttException {
        client.disconnect();
        client.close();
    }

    private void publish(String text) throws Exception {
        try (OrderService producer = new OrderService(gateway)) {
            producer.publish(new ProducerRecord<>(TOPIC, "lamp", text));
        }
    }
}
