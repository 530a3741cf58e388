package io.polylog.server.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.paho.QuietCallback;
import io.polylog.testkit.GatewayExtension;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttToken;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.MqttPubAck;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** Eclipse Paho for MQTT 5 in a shared subscription of QoS 1, which answers a message only when it is told to, and how. */
final class ShareMember extends MqttAsyncClient implements AutoCloseable {

    private final BlockingQueue<MqttMessage> received = new LinkedBlockingQueue<>();

    /** Subscribes to all of a topic, in the share group that AMQP knows as {@code topic::group}. */
    ShareMember(GatewayExtension gateway, String clientId, String group, String topic, int receiveMaximum)
            throws MqttException {
        super("tcp://" + gateway.address("mqtt"), clientId, new MemoryPersistence());
        setManualAcks(true);
        setCallback(new QuietCallback() {
            @Override
            public void messageArrived(String from, MqttMessage message) {
                received.add(message);
            }
        });
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setReceiveMaximum(receiveMaximum);
        connect(options).waitForCompletion(Door.PATIENCE_MS);
        MqttProperties earliest = new MqttProperties();
        earliest.setUserProperties(List.of(new UserProperty("polylog-start", "earliest")));
        MqttSubscription shared = new MqttSubscription("$share/" + group + "/" + topic + "/#", 1);
        subscribe(new MqttSubscription[] {shared}, null, null, earliest).waitForCompletion(Door.PATIENCE_MS);
    }

    MqttMessage next() throws InterruptedException {
        MqttMessage message = received.poll(Door.PATIENCE_MS, TimeUnit.MILLISECONDS);
        assertThat(message).as("a message comes").isNotNull();
        return message;
    }

    /** Nothing has come that was not taken. */
    boolean isQuiet() {
        return received.isEmpty();
    }

    /** PUBACK. */
    void answer(MqttMessage message, int reason) throws MqttException {
        comms.sendNoWait(new MqttPubAck(reason, message.getId(), new MqttProperties()), new MqttToken(getClientId()));
    }

    /** The connection ends without a word. */
    void abandon() throws MqttException {
        disconnectForcibly(0, 0, false);
        close(true);
    }

    @Override
    public void close() throws MqttException {
        if (isConnected()) {
            abandon();
        }
    }
}
