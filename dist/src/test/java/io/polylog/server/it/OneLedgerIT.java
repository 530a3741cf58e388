package io.polylog.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.crash.LedgerRun;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tenth of what the profile {@code crash} plays: members of several protocols compete in one ledger. */
final class OneLedgerIT {

    private static final int MESSAGES = 10_000;
    private static final int KILLS = 2;

    @TempDir
    private Path directory;

    @Test
    void everyMessageOfOneLedgerIsSettledOnce() throws Exception {
        long seed = Long.getLong("polylog.crash.seed", new Random().nextLong());
        String figures = new LedgerRun(directory, seed, MESSAGES, KILLS).play(kill -> {});
        System.out.println(figures);
        assertThat(figures).contains("messages " + MESSAGES);
    }
}
