package io.polylog.server.routes;

import io.polylog.amqp.AmqpAdapterFactory;
import io.polylog.mqtt.MqttAdapterFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bridge examples, as they are shipped, lose nothing while the far side, here another gateway, is away. */
@Timeout(180)
class BridgeTest {

    private static final String FAR_TOPIC = "from-polylog";

    @TempDir
    private Path directory;

    private final Placeholders placeholders = new Placeholders();

    @AfterEach
    void close() {
        placeholders.close();
    }

    /** Something that a bridge has to survive. */
    private interface Trouble {
        void happens(BridgeRun run) throws Exception;
    }

    @Test
    void mqttBrokerFails() throws Exception {
        mqtt(BridgeRun::farSideFailsUnderLoad);
    }

    @Test
    void mqttBrokerIsAwayWhileTheGatewayStartsAgain() throws Exception {
        mqtt(BridgeRun::gatewayStartsAgainWhileFarSideIsAway);
    }

    @Test
    void mqttBrokerComesLate() throws Exception {
        mqtt(BridgeRun::farSideComesLate);
    }

    @Test
    void amqpBrokerFails() throws Exception {
        amqp(BridgeRun::farSideFailsUnderLoad);
    }

    @Test
    void amqpBrokerIsAwayWhileTheGatewayStartsAgain() throws Exception {
        amqp(BridgeRun::gatewayStartsAgainWhileFarSideIsAway);
    }

    @Test
    void amqpBrokerComesLate() throws Exception {
        amqp(BridgeRun::farSideComesLate);
    }

    private void mqtt(Trouble trouble) throws Exception {
        try (FarGateway far = new FarGateway(directory.resolve("far"), FAR_TOPIC, new MqttAdapterFactory())) {
            placeholders.set("far.mqtt.url", "tcp://127.0.0.1:" + far.port());
            try (BridgeRun run = new BridgeRun(directory, "bridge-to-mqtt", "to-mqtt", far)) {
                trouble.happens(run);
            }
        }
    }

    private void amqp(Trouble trouble) throws Exception {
        try (FarGateway far = new FarGateway(directory.resolve("far"), FAR_TOPIC, new AmqpAdapterFactory())) {
            placeholders.set("far.amqp.url", "amqp://127.0.0.1:" + far.port());
            try (BridgeRun run = new BridgeRun(directory, "bridge-to-amqp", "to-amqp", far)) {
                trouble.happens(run);
            }
        }
    }
}
