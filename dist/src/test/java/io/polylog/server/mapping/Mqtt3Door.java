package io.polylog.server.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.mapping.Lens.Dropped;
import io.polylog.server.mapping.Mqtt3Door.Mqtt3Message;
import io.polylog.testkit.GatewayExtension;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Eclipse Paho for MQTT 3.1.1. */
final class Mqtt3Door extends Door<Mqtt3Message, Mqtt3Message> {

    /** A message and where it goes or comes from: the topic, then a suffix, which may be empty. */
    static final class Mqtt3Message {
        final MqttMessage message;
        String suffix;

        Mqtt3Message(String suffix, MqttMessage message) {
            this.suffix = suffix;
            this.message = message;
        }
    }

    private final String topic;
    private final MqttClient client;
    private final BlockingQueue<Mqtt3Message> received = new LinkedBlockingQueue<>();

    Mqtt3Door(GatewayExtension gateway, String topic) throws MqttException {
        super("MQTT 3.1.1", "mqtt3", MappingCase::mqtt3);
        this.topic = topic;
        client = new MqttClient("tcp://" + gateway.address("mqtt"), "mapping-3-" + topic, new MemoryPersistence());
        client.setTimeToWait(PATIENCE_MS);
        client.setCallback(new Inbox());
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        client.connect(options);
        client.subscribe(topic + "/#", 2);
    }

    /** A field that would be a property, of which MQTT 3.1.1 has none. */
    static Lens<Mqtt3Message, Mqtt3Message> dropped(String field) {
        return new Dropped<>(field);
    }

    @Override
    Mqtt3Message draft(String value) {
        return new Mqtt3Message("", new MqttMessage(value.getBytes(UTF_8))); // QoS 1 unless told otherwise
    }

    @Override
    void publish(Mqtt3Message draft) throws MqttException {
        client.publish(topic + draft.suffix, draft.message);
    }

    @Override
    Mqtt3Message next() throws InterruptedException {
        Mqtt3Message message = received.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
        assertThat(message).as("a message comes").isNotNull();
        return message;
    }

    @Override
    public void close() throws MqttException {
        client.disconnect();
        client.close();
    }

    /** Keeps what comes. On the client's thread. */
    private final class Inbox implements MqttCallback {
        @Override
        public void messageArrived(String from, MqttMessage message) {
            received.add(new Mqtt3Message(from.substring(topic.length()), message));
        }

        @Override
        public void connectionLost(Throwable cause) {}

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {}
    }
}
