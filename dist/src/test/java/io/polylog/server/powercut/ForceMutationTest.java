package io.polylog.server.powercut;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.disk.Disk;
import io.polylog.testkit.FaultyDisk;
import io.polylog.testkit.ForceSite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows that the crash tests would notice if any one force were missing: each place in the code that forces a file or a
 * directory is made to do nothing, and then some crash must lose what was acknowledged. The places are discovered, so a
 * new one is tried at once; one that no crash can tell from nothing is either not needed or not tested, and fails.
 */
final class ForceMutationTest {

    private static final Logger log = LoggerFactory.getLogger(ForceMutationTest.class);

    /** Crashes tried for each place. */
    private static final int ATTEMPTS = Integer.getInteger("polylog.crash.attempts", 150);

    private static final int SEEDS = 3;
    private static final int LENGTH = 12;

    /** Crashes from which places are learned that only a recovery reaches. */
    private static final int DISCOVERY_STRIDE = 8;

    /** Steps after a force within which its absence shows best. */
    private static final int NEAR = 25;

    @TempDir
    Path root;

    private final SortedMap<ForceSite, List<Crash>> sites = new TreeMap<>();
    private int runs;

    /** A crash that comes soon after a force. */
    private record Crash(long seed, long step) {}

    @Test
    void everyForceIsMissedWhenItDoesNothing() throws Exception {
        Random random = new Random(Long.getLong("polylog.seed", new Random().nextLong()));
        List<ForceSite> unnoticed = new ArrayList<>();
        try (Quiet quiet = new Quiet()) {
            discover(random);
            for (ForceSite site : sites.keySet()) {
                if (!isMissed(site, random)) {
                    unnoticed.add(site);
                }
            }
        }
        assertThat(unnoticed)
                .as("forces that can do nothing without any of %d crashes telling: not needed, or not tested", ATTEMPTS)
                .isEmpty();
    }

    private void discover(Random random) throws Exception {
        for (int i = 0; i < SEEDS; i++) {
            long seed = random.nextLong();
            PowerCutRun dry = run(seed);
            dry.withoutCrash();
            dry.disk().forceSites().forEach((site, steps) -> steps.forEach(step -> add(site, seed, step)));
            for (long step = 1; step < dry.disk().steps(); step += DISCOVERY_STRIDE) {
                long crash = step;
                FaultyDisk disk = crashed(seed, crash, random);
                disk.forceSites().forEach((site, steps) -> {
                    if (steps.get(0) > crash) {
                        add(site, seed, crash);
                    }
                });
            }
        }
    }

    private void add(ForceSite site, long seed, long step) {
        sites.computeIfAbsent(site, first -> new ArrayList<>()).add(new Crash(seed, step));
    }

    private FaultyDisk crashed(long seed, long step, Random random) throws Exception {
        PowerCutRun run = run(seed);
        run.crashAt(step, random);
        return run.disk();
    }

    private boolean isMissed(ForceSite site, Random random) throws IOException {
        List<Crash> crashes = sites.getOrDefault(site, List.of());
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Crash crash = crashes.get(random.nextInt(crashes.size()));
            PowerCutRun run = run(crash.seed());
            run.disk().ignoreForces(site);
            try {
                run.crashAt(crash.step() + random.nextInt(NEAR), random);
            } catch (Exception | AssertionError noticed) {
                System.err.println("MISSED " + site + " after " + attempt + ": " + String.valueOf(noticed).lines().limit(3).toList());
                return true;
            }
        }
        System.err.println("UNNOTICED " + site);
        return false;
    }

    private PowerCutRun run(long seed) throws IOException {
        Path directory = root.resolve(Integer.toString(runs++));
        Disk.system().createDirectories(directory);
        return new PowerCutRun(directory, false, (model, waiting) -> new PortsProgram(model, waiting, seed, LENGTH));
    }
}
