package io.polylog.server.demo;

import io.polylog.server.endpoint.Endpoint;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Eclipse Paho's MQTT 5 client, a QoS 1 subscriber. */
final class MqttReceiver implements AutoCloseable {

    private static final int PATIENCE_MS = 15_000;
    private static final int MAX_WAITING = 16;

    private final MqttClient client;
    private final BlockingQueue<Publication> received;

    private MqttReceiver(MqttClient client, BlockingQueue<Publication> received) {
        this.client = client;
        this.received = received;
    }

    /** What arrived, and under which topic. */
    record Publication(String topic, MqttMessage message) {}

    static MqttReceiver subscribe(Endpoint mqtt, String filter) throws StepFailedException {
        BlockingQueue<Publication> received = new ArrayBlockingQueue<>(MAX_WAITING);
        try {
            MqttClient client = new MqttClient("tcp://" + mqtt, "polylog-demo", new MemoryPersistence());
            client.setTimeToWait(PATIENCE_MS);
            client.setCallback(new Collector(received));
            MqttConnectionOptions options = new MqttConnectionOptions();
            options.setConnectionTimeout(PATIENCE_MS / 1_000);
            options.setAutomaticReconnect(false);
            try {
                client.connect(options);
                client.subscribe(filter, 1);
            } catch (MqttException failure) {
                client.close(true);
                throw failure;
            }
            return new MqttReceiver(client, received);
        } catch (MqttException failure) {
            throw new StepFailedException("Paho could not subscribe to " + filter + " at " + mqtt, failure);
        }
    }

    /** Waits for a message. */
    Publication receive() throws StepFailedException, InterruptedException {
        Publication publication = received.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
        if (publication == null) {
            throw new StepFailedException("Paho received nothing within " + PATIENCE_MS + " ms");
        }
        return publication;
    }

    @Override
    public void close() throws StepFailedException {
        try {
            client.disconnect();
            client.close(true);
        } catch (MqttException failure) {
            throw new StepFailedException("Paho could not disconnect", failure);
        }
    }

    private record Collector(BlockingQueue<Publication> received) implements MqttCallback {

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            received.add(new Publication(topic, message));
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {}

        @Override
        public void mqttErrorOccurred(MqttException exception) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }
}
