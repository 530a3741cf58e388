package io.polylog.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.TopicSettings;
import io.polylog.broker.TopicSpec;
import io.polylog.record.Headers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics of dead letters have no place in the MQTT tree. */
class DeadLetterMountTest {

    @TempDir
    Path directory;

    @Test
    void aSubscriberOfEverythingGetsADeadLetterNoSecondTime() throws Exception {
        try (MqttGateway gateway = new MqttGateway(directory, Map.of());
                Paho5 everything = new Paho5(gateway, "everything");
                Paho5 named = new Paho5(gateway, "named");
                Paho5 publisher = new Paho5(gateway, "publisher")) {
            gateway.createTopic("orders", 1);
            everything.subscribe("#", 1);
            named.subscribe("orders.dlq/#", 1);
            MqttGateway.await(gateway.context()
                    .topics()
                    .create(new TopicSpec("orders.dlq", 1, Map.of(TopicSettings.DEAD_LETTER_TOPIC, "orders.dlq"))));

            gateway.publish("orders.dlq", "eu/42", "dead", Headers.EMPTY);
            gateway.publish("orders", "eu/42", "alive", Headers.EMPTY);
            publisher.publish("orders.dlq/us/7", "not a dead letter", 1);

            assertThat(everything.texts(2)).containsExactlyInAnyOrder("alive", "not a dead letter");
            assertThat(named.texts(1)).containsExactly("not a dead letter");
        }
    }
}
