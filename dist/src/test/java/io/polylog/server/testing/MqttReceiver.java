package io.polylog.server.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.GatewayExtension;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Eclipse Paho as a subscriber with quality of service 1, which does not connect again. */
final class MqttReceiver implements Receiver {

    private final MqttClient client;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final AtomicInteger losses = new AtomicInteger();

    MqttReceiver(GatewayExtension gateway, String filter, int keepAliveSeconds) throws MqttException {
        client = new MqttClient("tcp://" + gateway.address("mqtt"), "receiver", new MemoryPersistence());
        client.setCallback(new MqttCallback() {
            @Override
            public void connectionLost(Throwable cause) {
                losses.incrementAndGet();
            }

            @Override
            public void messageArrived(String topic, MqttMessage message) {
                received.add(new String(message.getPayload(), UTF_8));
            }

            @Override
            public void deliveryComplete(IMqttDeliveryToken token) {}
        });
        MqttConnectOptions options = new MqttConnectOptions();
        options.setKeepAliveInterval(keepAliveSeconds);
        client.connect(options);
        client.subscribe(filter, 1);
    }

    @Override
    public String next() throws InterruptedException {
        String message = received.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
        assertThat(message).as("a message comes").isNotNull();
        return message;
    }

    @Override
    public void assertStayed() {
        assertThat(losses).as("connections lost").hasValue(0);
        assertThat(client.isConnected()).isTrue();
    }

    @Override
    public void close() throws MqttException {
        if (client.isConnected()) {
            client.disconnect();
        }
        client.close();
    }
}
