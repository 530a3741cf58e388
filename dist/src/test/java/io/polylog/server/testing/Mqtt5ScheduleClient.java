package io.polylog.server.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.GatewayExtension;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** Eclipse Paho for MQTT 5, with user properties. */
final class Mqtt5ScheduleClient implements ScheduleClient {

    private static final long PATIENCE_MS = 20_000;

    private final MqttAsyncClient client;

    Mqtt5ScheduleClient(GatewayExtension gateway) throws MqttException {
        client = new MqttAsyncClient("tcp://" + gateway.address("mqtt"), "mqtt5-scheduler", new MemoryPersistence());
        client.connect().waitForCompletion(PATIENCE_MS);
    }

    @Override
    public void schedule(String topic, String text, String delay, String id) throws MqttException {
        send(topic, text, "polylog-delay", delay, "polylog-schedule-id", id);
    }

    @Override
    public void cancel(String topic, String id) throws MqttException {
        send(topic, "", "polylog-schedule-cancel", id);
    }

    private void send(String topic, String text, String... userProperties) throws MqttException {
        List<UserProperty> user = new ArrayList<>();
        for (int i = 0; i < userProperties.length; i += 2) {
            user.add(new UserProperty(userProperties[i], userProperties[i + 1]));
        }
        MqttProperties properties = new MqttProperties();
        properties.setUserProperties(user);
        IMqttToken token = client.publish(topic + "/key", new MqttMessage(text.getBytes(UTF_8), 1, false, properties));
        token.waitForCompletion(PATIENCE_MS);
        assertThat(token.getReasonCodes()).as("reason code of PUBACK").containsOnly(0);
    }

    @Override
    public void close() throws MqttException {
        client.disconnect().waitForCompletion(PATIENCE_MS);
        client.close();
    }
}
