package io.polylog.server.interop;

import io.polylog.server.routes.BridgeRun;
import io.polylog.server.routes.Placeholders;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bridge to AMQP 1.0, as it is shipped, with Apache ActiveMQ Artemis at its far end. */
@Timeout(240)
class ArtemisBridgeIT {

    @TempDir
    private Path directory;

    private final Placeholders placeholders = new Placeholders();
    private Artemis artemis;
    private BridgeRun run;

    @BeforeEach
    void open() throws Exception {
        artemis = new Artemis(directory.resolve("artemis"));
        placeholders.set("far.amqp.url", artemis.url());
        run = new BridgeRun(directory, "bridge-to-amqp", "to-amqp", artemis);
    }

    @AfterEach
    void close() throws Exception {
        run.close();
        artemis.close();
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
}
