package io.polylog.server.badinput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.paho.QuietCallback;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/** Eclipse Paho with MQTT 5, which hears what it publishes and does not connect again. */
final class MqttNeighbour implements Neighbour {

    private static final String TOPIC = "neighbour/mqtt";
    private static final long PATIENCE_SECONDS = 20;

    private final MqttClient client;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    MqttNeighbour(String uri, SocketFactory sockets) throws MqttException {
        client = new MqttClient(uri, "neighbour", new MemoryPersistence());
        client.setTimeToWait(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        client.setCallback(new QuietCallback() {
            @Override
            public void messageArrived(String topic, MqttMessage message) {
                received.add(new String(message.getPayload(), UTF_8));
            }
        });
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setSocketFactory(sockets);
        client.connect(options);
        // With 1 the client's acknowledgement would hold up what it publishes next, until TCP has acknowledged that.
        client.subscribe(TOPIC, 0);
    }

    @Override
    public void roundTrip(String text) throws Exception {
        client.publish(TOPIC, text.getBytes(UTF_8), 1, false);
        assertThat(received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(text);
        assertThat(client.isConnected()).isTrue();
    }

    @Override
    public void close() throws MqttException {
        client.disconnectForcibly(0, 0, false);
        client.close();
    }
}
