package io.polylog.server.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred thousand messages of one ledger, for the profile {@code crash}. {@code -Dpolylog.ledger.messages} says how many,
 * {@code -Dpolylog.ledger.kills} how often the gateway is killed, {@code -Dpolylog.crash.seed} repeats what is done when.
 */
final class LedgerIT {

    private static final int MESSAGES = 100_000;
    private static final int KILLS = 10;

    @TempDir
    private Path directory;

    @Test
    void everyMessageOfOneLedgerIsSettledOnce() throws Exception {
        long seed = Long.getLong("polylog.crash.seed", new Random().nextLong());
        int messages = Integer.getInteger("polylog.ledger.messages", MESSAGES);
        int kills = Integer.getInteger("polylog.ledger.kills", KILLS);
        String figures = new LedgerRun(directory, seed, messages, kills).play(System.out::println);
        System.out.println(figures); // what the run is for, beside not failing
        assertThat(figures).contains("messages " + messages);
    }
}
