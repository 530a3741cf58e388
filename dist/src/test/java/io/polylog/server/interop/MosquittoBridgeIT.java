package io.polylog.server.interop;

import io.polylog.server.routes.BridgeRun;
import io.polylog.server.routes.Placeholders;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bridge to MQTT, as it is shipped, with Mosquitto at its far end; mosquitto must be installed. */
@Timeout(180)
class MosquittoBridgeIT {

    @TempDir
    private Path directory;

    private final Placeholders placeholders = new Placeholders();
    private Mosquitto mosquitto;
    private BridgeRun run;

    @BeforeEach
    void open() throws Exception {
        mosquitto = new Mosquitto(directory.resolve("mosquitto"));
        mosquitto.prepare();
        placeholders.set("far.mqtt.url", mosquitto.url());
        run = new BridgeRun(directory, "bridge-to-mqtt", "to-mqtt", mosquitto);
    }

    @AfterEach
    void close() throws Exception {
        run.close();
        mosquitto.close();
        placeholders.close();
    }

    @Test
    void isKilledUnderLoad() throws Exception {
        run.farSideFailsUnderLoad();
    }

    @Test
    void isAwayWhileTheGatewayStartsAgain() throws Exception {
        run.gatewayStartsAgainWhileFarSideIsAway();
    }

    @Test
    void comesLate() throws Exception {
        run.farSideComesLate();
    }

    /** A refusal is no success: MQTT 5 §3.4.2.1. */
    @Test
    void refusesAndThenTakes() throws Exception {
        mosquitto.startRefusing();
        run.refusedAtFirst(mosquitto::stopRefusing);
    }
}
