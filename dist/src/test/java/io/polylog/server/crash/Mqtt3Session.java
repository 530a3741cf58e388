package io.polylog.server.crash;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Eclipse Paho with MQTT 3.1.1, which hands a message of QoS 2 to its user when it is released, and so once. */
final class Mqtt3Session implements MqttSession {

    private final Findings findings;
    private final MqttAsyncClient client;
    private final Semaphore lost = new Semaphore(0);
    private boolean known;

    Mqtt3Session(Target target, String clientId, Findings findings, Consumer<byte[]> payloads) throws MqttException {
        this.findings = findings;
        this.client = new MqttAsyncClient("tcp://" + target.endpoint("mqtt"), clientId, new MemoryPersistence());
        client.setCallback(new MqttCallback() {
            @Override
            public void messageArrived(String topic, MqttMessage message) {
                payloads.accept(message.getPayload());
            }

            @Override
            public void connectionLost(Throwable cause) {
                lost.release();
            }

            @Override
            public void deliveryComplete(IMqttDeliveryToken token) {}
        });
    }

    @Override
    public boolean isConnected() {
        return client.isConnected();
    }

    @Override
    public void connect() throws MqttException {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setCleanSession(false);
        IMqttToken connected = client.connect(options);
        connected.waitForCompletion(PATIENCE_MS);
        if (known && !connected.getSessionPresent()) {
            findings.add("the session of " + client.getClientId() + " is gone");
        }
        known = true;
    }

    @Override
    public void subscribe(String filter, int qos) throws MqttException {
        client.subscribe(filter, qos).waitForCompletion(PATIENCE_MS);
    }

    @Override
    public void awaitLost() throws InterruptedException {
        lost.tryAcquire(POLL_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void abandon() {
        try {
            client.disconnectForcibly(0, 0, false);
            client.close(true);
        } catch (MqttException alreadyGone) {
            // nothing to end
        }
    }
}
