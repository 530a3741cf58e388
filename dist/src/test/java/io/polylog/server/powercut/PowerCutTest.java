package io.polylog.server.powercut;

import io.polylog.disk.Disk;
import io.polylog.testkit.RamDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The fault disk loses power at every step of a seeded workload: nothing acknowledged is lost, and the recovered state is
 * one that the acknowledgements allow. {@code -Dpolylog.seed} replays one seed, {@code -Dpolylog.crash.step} one step of
 * it, {@code -Dpolylog.crash.seeds}, {@code -Dpolylog.crash.length} and {@code -Dpolylog.crash.clients} ask for more.
 */
@Execution(ExecutionMode.CONCURRENT)
final class PowerCutTest {

    private static final int SEEDS = Integer.getInteger("polylog.crash.seeds", 1);
    private static final int LENGTH = Integer.getInteger("polylog.crash.length", 5);

    /** Crashes under real clients, spread over a run; all of its steps if there are no more. */
    private static final int CLIENT_CRASHES = Integer.getInteger("polylog.crash.clients", 5);

    private static final int CLIENT_STEPS = 20;

    @TempDir(factory = RamDirectory.class)
    Path root;

    private int runs;

    @Test
    void losesNothingAcknowledgedWhereverThePowerFails() throws Exception {
        for (long seed : seeds()) {
            crash(
                    seed,
                    Integer.MAX_VALUE,
                    () -> run(false, (model, waiting) -> new PortsProgram(model, waiting, seed, LENGTH)));
        }
    }

    @Test
    void losesNothingThatClientsWereToldIsSafe() throws Exception {
        for (long seed : seeds()) {
            crash(
                    seed,
                    CLIENT_CRASHES,
                    () -> run(true, (model, waiting) -> new ClientsProgram(model, waiting, seed, CLIENT_STEPS)));
        }
    }

    private static long[] seeds() {
        Long chosen = Long.getLong("polylog.seed");
        return chosen != null ? new long[] {chosen} : new Random().longs(SEEDS).toArray();
    }

    private interface Runs {
        PowerCutRun next() throws IOException;
    }

    private static void crash(long seed, int crashes, Runs runs) throws Exception {
        Long chosen = Long.getLong("polylog.crash.step");
        try (@SuppressWarnings("try")
                Quiet quiet = new Quiet()) {
            PowerCutRun dry = runs.next();
            dry.withoutCrash();
            long steps = dry.disk().steps();
            long stride = Math.max(1, steps / crashes);
            for (long step = 1 + Math.floorMod(seed, stride); step <= steps; step += stride) {
                if (chosen == null || chosen == step) {
                    crash(seed, step, steps, runs.next());
                }
            }
        }
    }

    private static void crash(long seed, long step, long steps, PowerCutRun run) {
        try {
            run.crashAt(step, new Random(seed + step));
        } catch (Exception | AssertionError failure) {
            throw new AssertionError(
                    "-Dpolylog.seed=" + seed + " -Dpolylog.crash.step=" + step + " of " + steps + ": "
                            + failure.getMessage(),
                    failure);
        }
    }

    private PowerCutRun run(boolean withDoors, PowerCutRun.Author author) throws IOException {
        Path directory = root.resolve(Integer.toString(runs++));
        Disk.system().createDirectories(directory);
        return new PowerCutRun(directory, withDoors, author);
    }
}
