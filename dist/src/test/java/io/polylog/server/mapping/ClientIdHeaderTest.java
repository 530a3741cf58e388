package io.polylog.server.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.GatewayExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who published, where the gateway is told to keep that. */
class ClientIdHeaderTest {

    private static final String TOPIC = "signed";
    private static final String HEADER = "mqtt.client-id";

    @RegisterExtension
    static final GatewayExtension gateway =
            GatewayExtension.withVirtualClock().setting("mqtt.client-id-header", "true");

    @Test
    void publisherIsToldToAllButMqttSubscribers() throws Exception {
        try (KafkaDoor kafka = new KafkaDoor(gateway, TOPIC);
                AmqpDoor amqp = new AmqpDoor(gateway, TOPIC);
                Mqtt5Door mqtt5 = new Mqtt5Door(gateway, TOPIC);
                Mqtt3Door mqtt3 = new Mqtt3Door(gateway, TOPIC)) {
            mqtt3.publish(mqtt3.draft("signed"));
            assertThat(KafkaDoor.header(HEADER).read(kafka.next())).isEqualTo("mapping-3-" + TOPIC);
            assertThat(amqp.next().property(HEADER)).isEqualTo("mapping-3-" + TOPIC);
            assertThat(mqtt5.next().user(HEADER)).isNull();
        }
    }
}
