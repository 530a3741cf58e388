package io.polylog.server.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consume, transform, produce, exactly once under kill -9 of everybody, for the profile {@code crash}. */
final class ExactlyOnceIT {

    private static final int RECORDS = 10_000;
    private static final int KILLS = 12;

    @TempDir
    private Path directory;

    @Test
    void everyRecordIsCarriedExactlyOnce() throws Exception {
        long seed = Long.getLong("polylog.crash.seed", new Random().nextLong());
        String figures = new ExactlyOnceRun(directory, seed).play(RECORDS, KILLS);
        System.out.println(figures); // what the run is for, beside not failing
        assertThat(figures).contains("exactly once");
    }
}
