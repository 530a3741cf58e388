package io.polylog.server.it;

import io.polylog.server.paho.QuietCallback;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** Eclipse Paho subscribed from the earliest record on. */
final class MqttReplay implements AutoCloseable {

    private static final long PATIENCE_MS = 20_000;

    private final MqttAsyncClient client;

    MqttReplay(String uri, String filter, Consumer<String> texts) throws MqttException {
        client = new MqttAsyncClient(uri, "replay", new MemoryPersistence());
        client.setCallback(new QuietCallback() {
            @Override
            public void messageArrived(String topic, MqttMessage message) {
                texts.accept(new String(message.getPayload(), StandardCharsets.UTF_8));
            }
        });
        client.connect(new MqttConnectionOptions()).waitForCompletion(PATIENCE_MS);
        MqttProperties properties = new MqttProperties();
        properties.setUserProperties(List.of(new UserProperty("polylog-start", "earliest")));
        client.subscribe(new MqttSubscription[] {new MqttSubscription(filter, 1)}, null, null, properties)
                .waitForCompletion(PATIENCE_MS);
    }

    @Override
    public void close() throws MqttException {
        client.disconnect().waitForCompletion(PATIENCE_MS);
        client.close();
    }
}
