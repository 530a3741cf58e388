package io.polylog.server.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many rounds of kill -9, for the profile {@code crash}. {@code -Dpolylog.crash.rounds} says how many,
 * {@code -Dpolylog.crash.seed} repeats the moments of an earlier run.
 */
final class CrashIT {

    private static final int ROUNDS = 100;

    @TempDir
    private Path directory;

    @Test
    void nothingAcknowledgedIsLostInManyCrashes() throws Exception {
        long seed = Long.getLong("polylog.crash.seed", new Random().nextLong());
        int rounds = Integer.getInteger("polylog.crash.rounds", ROUNDS);
        String figures = new CrashRun(directory, seed).play(rounds, System.out::println);
        System.out.println(figures); // what the run is for, beside not failing
        assertThat(figures).contains("recovery");
    }
}
