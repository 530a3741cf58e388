package io.polylog.server.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.server.paho.QuietCallback;
import java.util.Queue;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/** Keeps the texts that an MQTT 5 client receives. On the client's thread. */
final class QueueingCallback extends QuietCallback {

    private final Queue<String> received;

    QueueingCallback(Queue<String> received) {
        this.received = received;
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        received.add(new String(message.getPayload(), UTF_8));
    }
}
