package io.polylog.server.powercut;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The fault disk loses power at every step of a seeded workload: nothing acknowledged is lost, and the recovered state is
 * one that the acknowledgements allow. {@code -Dpolylog.seed} replays one seed, {@code -Dpolylog.crash.step} one step of
 * it, {@code -Dpolylog.crash.seeds} and {@code -Dpolylog.crash.length} ask for more.
 */
final class PowerCutTest {

    private static final int SEEDS = Integer.getInteger("polylog.crash.seeds", 1);
    private static final int LENGTH = Integer.getInteger("polylog.crash.length", 12);

    @TempDir
    Path root;

    @Test
    void losesNothingAcknowledgedWhereverThePowerFails() throws Exception {
        Long chosen = Long.getLong("polylog.seed");
        Random seeds = new Random();
        try (Quiet quiet = new Quiet()) {
            for (int i = 0; i < SEEDS; i++) {
                crashAtEveryStep(chosen != null ? chosen : seeds.nextLong());
            }
        }
    }

    private void crashAtEveryStep(long seed) throws Exception {
        PowerCutRun dry = run(seed, 0);
        dry.withoutCrash();
        long steps = dry.disk().steps();
        Long chosen = Long.getLong("polylog.crash.step");
        for (long step = chosen == null ? 1 : chosen; step <= (chosen == null ? steps : chosen); step++) {
            try {
                run(seed, step).crashAt(step, new Random(seed + step));
            } catch (Exception | AssertionError failure) {
                throw new AssertionError(
                        "-Dpolylog.seed=" + seed + " -Dpolylog.crash.step=" + step + " of " + steps, failure);
            }
        }
        System.err.println("STEPS " + steps);
    }

    private PowerCutRun run(long seed, long step) throws IOException {
        Path directory = root.resolve(seed + "-" + step);
        io.polylog.disk.Disk.system().createDirectories(directory);
        return new PowerCutRun(
                directory, false, (model, waiting) -> new PortsProgram(model, waiting, seed, LENGTH));
    }
}
