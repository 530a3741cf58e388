package io.polylog.server.crash;

import io.polylog.server.paho.QuietCallback;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;

/** Eclipse Paho with MQTT 5. Given a message twice by the gateway, it gives it twice to its user, with QoS 2 as well. */
final class Mqtt5Session implements MqttSession {

    private static final long SESSION_EXPIRY_S = 24 * 3600;

    private final Findings findings;
    private final MqttAsyncClient client;
    private final Semaphore lost = new Semaphore(0);
    private boolean known;

    Mqtt5Session(Target target, String clientId, Findings findings, Consumer<byte[]> payloads) throws MqttException {
        this(target, clientId, findings, payloads, packetId -> {});
    }

    /**
     * @param acknowledged told the packet identifiers of publishes that were acknowledged, on whichever connection
     */
    Mqtt5Session(Target target, String clientId, Findings findings, Consumer<byte[]> payloads, IntConsumer acknowledged)
            throws MqttException {
        this.findings = findings;
        this.client = new MqttAsyncClient("tcp://" + target.endpoint("mqtt"), clientId, new MemoryPersistence());
        client.setCallback(new QuietCallback() {
            @Override
            public void messageArrived(String topic, MqttMessage message) {
                payloads.accept(message.getPayload());
            }

            @Override
            public void disconnected(MqttDisconnectResponse response) {
                lost.release();
            }

            @Override
            public void deliveryComplete(IMqttToken token) {
                if (token.getException() == null) {
                    acknowledged.accept(token.getMessageId());
                }
            }
        });
    }

    MqttAsyncClient client() {
        return client;
    }

    @Override
    public boolean isConnected() {
        return client.isConnected();
    }

    @Override
    public void connect() throws MqttException {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(false);
        options.setSessionExpiryInterval(SESSION_EXPIRY_S);
        IMqttToken connected = client.connect(options);
        connected.waitForCompletion(PATIENCE_MS);
        if (known && !connected.getSessionPresent()) {
            findings.add("the session of " + client.getClientId() + " is gone");
        }
        known = true;
    }

    @Override
    public void subscribe(String filter, int qos) throws MqttException {
        client.subscribe(new MqttSubscription[] {new MqttSubscription(filter, qos)})
                .waitForCompletion(PATIENCE_MS);
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
