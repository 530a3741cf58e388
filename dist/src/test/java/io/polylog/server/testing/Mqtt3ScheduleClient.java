package io.polylog.server.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.schedule.TimeUnits;
import io.polylog.testkit.GatewayExtension;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Eclipse Paho for MQTT 3.1.1, which has nothing but topics to say it with. */
final class Mqtt3ScheduleClient implements ScheduleClient {

    private final MqttClient client;

    Mqtt3ScheduleClient(GatewayExtension gateway) throws MqttException {
        client = new MqttClient("tcp://" + gateway.address("mqtt"), "mqtt3-scheduler", new MemoryPersistence());
        client.setTimeToWait(20_000);
        client.connect();
    }

    @Override
    public void schedule(String topic, String text, String delay, String id) throws MqttException {
        send("$delayed/" + TimeUnits.parse(delay).toSeconds() + "/" + topic + "/key", text);
    }

    @Override
    public void cancel(String topic, String id) throws MqttException {
        send("$schedule/cancel/" + topic + "/" + id, "");
    }

    private void send(String topic, String text) throws MqttException {
        client.publish(topic, text.getBytes(UTF_8), 1, false);
    }

    @Override
    public void close() throws MqttException {
        client.disconnect();
        client.close();
    }
}
