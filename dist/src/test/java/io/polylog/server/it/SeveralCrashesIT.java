package io.polylog.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.crash.CrashRun;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few rounds of what the profile {@code crash} plays a hundred of. */
final class SeveralCrashesIT {

    private static final int ROUNDS = 3;

    @TempDir
    private Path directory;

    @Test
    void nothingAcknowledgedIsLostWhileClientsOfAllProtocolsAreAtWork() throws Exception {
        long seed = Long.getLong("polylog.crash.seed", new Random().nextLong());
        assertThat(new CrashRun(directory, seed).play(ROUNDS, round -> {})).contains("recovery");
    }
}
