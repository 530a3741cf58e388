package io.polylog.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.crash.ExactlyOnceRun;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A little of what the profile {@code crash} does at length. */
final class FewExactlyOnceIT {

    private static final int RECORDS = 1_500;
    private static final int KILLS = 2;

    @TempDir
    private Path directory;

    @Test
    void everyRecordIsCarriedExactlyOnceAlthoughAllAreKilled() throws Exception {
        long seed = Long.getLong("polylog.crash.seed", new Random().nextLong());
        assertThat(new ExactlyOnceRun(directory, seed).play(RECORDS, KILLS)).contains("exactly once");
    }
}
