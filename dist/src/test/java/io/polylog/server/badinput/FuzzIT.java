package io.polylog.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What stock clients have said, said again with mistakes in it, to the started archive. Nothing of that may stop the
 * gateway, trouble the stock clients beside it, fill its memory or leave a failure or a payload in its log; and each
 * connection ends soon after its peer has said all.
 *
 * <p>{@code -Dfuzz.seed} is that of the first attempt, 0 for one that nobody has tried; every further attempt has the
 * next one. {@code -Dfuzz.iterations} is how many there are; {@code -Pfuzz} makes many. What has failed is tried again
 * with its own seed, which the failure names.
 */
final class FuzzIT {

    private static final int ROUND = 50;

    @Test
    void mistakesConcernNobodyElse(@TempDir Path recorded, @TempDir Path tried) throws Exception {
        long given = Long.getLong("fuzz.seed", 0);
        long first = given == 0 ? new Random().nextInt(Integer.MAX_VALUE) * 1_000_000L : given;
        int iterations = Integer.getInteger("fuzz.iterations", 400);
        System.out.println("fuzz.seed=" + first + " fuzz.iterations=" + iterations);
        Map<Door, List<byte[]>> recordings = StockTraffic.record(recorded);
        try (WatchedGateway gateway = WatchedGateway.plain(tried)) {
            for (long seed = first; seed < first + iterations; seed += ROUND) {
                round(gateway, recordings, seed, Math.min(first + iterations, seed + ROUND));
            }
        }
    }

    private static void round(WatchedGateway gateway, Map<Door, List<byte[]>> recordings, long from, long to)
            throws Exception {
        long before = gateway.endOfLog();
        long seed = from;
        try {
            for (; seed < to; seed++) {
                attempt(gateway, recordings, seed);
            }
            gateway.neighbours().workOn();
            gateway.logFrom(before);
            gateway.assertSmall();
        } catch (Exception | AssertionError failure) {
            throw new AssertionError(
                    "fuzz.seed from " + from + " to " + Math.min(seed, to - 1) + ": " + failure + "\n" + gateway.fate(),
                    failure);
        }
    }

    private static void attempt(WatchedGateway gateway, Map<Door, List<byte[]>> recordings, long seed)
            throws Exception {
        Mutator mutator = new Mutator(recordings, seed);
        Door door = mutator.door();
        try (Stranger stranger = gateway.stranger(door)) {
            stranger.send(mutator.next(door));
            stranger.stopTalking();
            assertThat(stranger.hearToEnd()).isNotNull();
        }
    }
}
