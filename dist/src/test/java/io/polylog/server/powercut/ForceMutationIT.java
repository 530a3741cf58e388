package io.polylog.server.powercut;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.disk.Disk;
import io.polylog.testkit.FaultyDisk;
import io.polylog.testkit.ForceSite;
import io.polylog.testkit.PartitionLogProgram;
import io.polylog.testkit.RamDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Shows that the crash tests would notice if any one force were missing: each place in the code that forces a file or a
 * directory is made to do nothing, and then some crash must lose what was acknowledged. The places are discovered, so a
 * new one is tried at once; one that no crash can tell from nothing is either not needed or not tested, and fails.
 */
final class ForceMutationIT {

    /** Crashes tried for each place. */
    private static final int ATTEMPTS = Integer.getInteger("polylog.crash.attempts", 500);

    private static final int SEEDS = 2;
    private static final int LENGTH = 12;

    private static final int DISCOVERY_PROGRAMS = 5;
    private static final int LOG_PROGRAMS = 100;
    private static final int LOG_STEPS = 150;

    /** Crashes from which places are learned that only a recovery reaches. */
    private static final int DISCOVERY_STRIDE = 12;

    /** Steps after a force within which its absence shows best. */
    private static final int NEAR = 25;

    @TempDir(factory = RamDirectory.class)
    Path root;

    private final SortedMap<ForceSite, List<Crash>> sites = new TreeMap<>();
    private final Set<ForceSite> logSites = new HashSet<>();
    private int runs;

    /**
     * A crash that comes soon after a force.
     *
     * @param recovery whether the force comes in the recovery from it
     */
    private record Crash(long seed, long step, boolean recovery) {}

    @Test
    void everyForceIsMissedWhenItDoesNothing() throws Exception {
        long seed = Long.getLong("polylog.seed", new Random().nextLong());
        Random random = new Random(seed);
        List<ForceSite> unnoticed = new ArrayList<>();
        try (@SuppressWarnings("try")
                Quiet quiet = new Quiet()) {
            discover(random);
            for (ForceSite site : sites.keySet()) {
                if (!isMissedByALog(site, random) && !isMissedByAGateway(site, random)) {
                    unnoticed.add(site);
                }
            }
        }
        assertThat(unnoticed)
                .as(
                        "forces that can do nothing without any of %d crashes telling: not needed, or not tested"
                                + " (-Dpolylog.seed=%d)",
                        ATTEMPTS, seed)
                .isEmpty();
    }

    private void discover(Random random) throws Exception {
        for (int i = 0; i < DISCOVERY_PROGRAMS; i++) {
            Path directory = directory();
            FaultyDisk disk = new FaultyDisk(directory);
            new PartitionLogProgram(disk, directory, random.nextLong()).run(LOG_STEPS);
            logSites.addAll(disk.forceSites().keySet());
        }
        for (int i = 0; i < SEEDS; i++) {
            long seed = random.nextLong();
            PowerCutRun dry = run(seed);
            dry.withoutCrash();
            dry.disk()
                    .forceSites()
                    .forEach((site, steps) -> steps.forEach(step -> add(site, new Crash(seed, step, false))));
            for (long step = 1; step < dry.disk().steps(); step += DISCOVERY_STRIDE) {
                long crash = step;
                PowerCutRun run = run(seed);
                run.crashAt(crash, random);
                run.disk().forceSites().forEach((site, steps) -> {
                    if (steps.get(0) > crash) {
                        add(site, new Crash(seed, crash, true));
                    }
                });
            }
        }
    }

    private void add(ForceSite site, Crash crash) {
        sites.computeIfAbsent(site, first -> new ArrayList<>()).add(crash);
    }

    private boolean isMissedByAGateway(ForceSite site, Random random) throws IOException {
        List<Crash> crashes = sites.getOrDefault(site, List.of());
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Crash crash = crashes.get(random.nextInt(crashes.size()));
            PowerCutRun run = run(crash.seed());
            run.disk().ignoreForces(site);
            try {
                int near = 1 + random.nextInt(1 + random.nextInt(NEAR));
                if (crash.recovery()) {
                    run.crashAtAndAfterIgnoredForce(crash.step(), near, random);
                } else {
                    run.crashAt(crash.step() + near, random);
                }
            } catch (Exception | AssertionError noticed) {
                return true;
            }
        }
        return false;
    }

    /** What the log of a partition promises by itself is more than the gateway asks of it. */
    private boolean isMissedByALog(ForceSite site, Random random) throws IOException {
        if (!logSites.contains(site)) {
            return false;
        }
        for (int attempt = 0; attempt < LOG_PROGRAMS; attempt++) {
            Path directory = directory();
            FaultyDisk disk = new FaultyDisk(directory);
            disk.ignoreForces(site);
            try {
                new PartitionLogProgram(disk, directory, random.nextLong()).run(LOG_STEPS);
            } catch (IOException | RuntimeException | AssertionError noticed) {
                return true;
            }
        }
        return false;
    }

    private PowerCutRun run(long seed) throws IOException {
        return new PowerCutRun(directory(), false, (model, waiting) -> new PortsProgram(model, waiting, seed, LENGTH));
    }

    private Path directory() throws IOException {
        Path directory = root.resolve(Integer.toString(runs++));
        Disk.system().createDirectories(directory);
        return directory;
    }
}
