package io.polylog.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.record.Headers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a subscription begins: the user property {@code polylog-start} of its SUBSCRIBE. */
class StartOfSubscriptionTest {

    private static final int EARLIER = 500;

    @TempDir
    Path directory;

    private MqttGateway gateway;
    private MqttAsyncClient client;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() throws Exception {
        gateway = new MqttGateway(directory, Map.of());
        gateway.createTopic("orders", 1);
        client = new MqttAsyncClient(gateway.uri(), "c", new MemoryPersistence());
        client.setCallback(new QuietCallback() {
            @Override
            public void messageArrived(String topic, org.eclipse.paho.mqttv5.common.MqttMessage message) {
                received.add(new String(message.getPayload(), UTF_8));
            }
        });
        client.connect(new MqttConnectionOptions()).waitForCompletion(20_000);
    }

    @AfterEach
    void stop() throws Exception {
        client.disconnect().waitForCompletion(20_000);
        client.close();
        gateway.close();
    }

    @Test
    void earliestBringsWhatTheLogHoldsAndThenWhatComes() throws Exception {
        publish(0, EARLIER);
        assertThat(subscribe("orders/#", "earliest")).containsExactly(1);
        publish(EARLIER, EARLIER + 10);
        assertThat(texts(EARLIER + 10)).isEqualTo(expected(0, EARLIER + 10));
    }

    @Test
    void earliestGivesOtherSubscriptionsNothingTwice() throws Exception {
        publish(0, 10);
        subscribe("orders/k", "latest");
        publish(10, 20);
        assertThat(texts(10)).isEqualTo(expected(10, 20));

        subscribe("orders/#", "earliest");
        publish(20, 30);

        // The wider subscription brings everything, each record once, whichever of the two it matches as well.
        assertThat(texts(30)).isEqualTo(expected(0, 30));
        client.unsubscribe("orders/#").waitForCompletion(20_000);
        publish(30, 31);
        assertThat(texts(1)).isEqualTo(expected(30, 31));
    }

    @Test
    void earliestAgainOnTheSameFilterReadsAgain() throws Exception {
        publish(0, 5);
        subscribe("orders/#", "earliest");
        assertThat(texts(5)).isEqualTo(expected(0, 5));
        subscribe("orders/#", "earliest");
        assertThat(texts(5)).isEqualTo(expected(0, 5));
    }

    @Test
    void anUnknownStartIsRefused() throws Exception {
        assertThat(subscribe("orders/#", "yesterday")).containsExactly(0x83);
    }

    private int[] subscribe(String filter, String start) throws MqttException {
        MqttProperties properties = new MqttProperties();
        properties.setUserProperties(List.of(new UserProperty("polylog-start", start)));
        var token = client.subscribe(new MqttSubscription[] {new MqttSubscription(filter, 1)}, null, null, properties);
        token.waitForCompletion(20_000);
        return token.getReasonCodes();
    }

    private void publish(int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            gateway.publish("orders", "k", "v" + i, Headers.EMPTY);
        }
    }

    private static List<String> expected(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "v" + i).toList();
    }

    private List<String> texts(int count) throws InterruptedException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String text = received.poll(20, TimeUnit.SECONDS);
            if (text == null) {
                throw new AssertionError("received only " + texts);
            }
            texts.add(text);
        }
        return texts;
    }
}
