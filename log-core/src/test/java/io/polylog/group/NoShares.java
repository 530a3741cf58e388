package io.polylog.group;

import io.polylog.broker.Fetcher;
import io.polylog.broker.Topics;
import io.polylog.metric.Meters;
import io.polylog.metric.TopicMeters;
import io.polylog.share.Ledgers;
import io.polylog.share.ShareGroupSettings;
import io.polylog.share.SharePorts;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import io.polylog.time.Scheduler;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** For a coordinator that is asked for stream groups only. */
final class NoShares {

    private NoShares() {}

    static ShareStates on(Topics topics, Fetcher fetcher) {
        SharePorts ports = new SharePorts(
                partition -> {
                    throw new AssertionError("a ledger was looked for on " + partition);
                },
                (partition, isolation, offset, owner, onReady) -> {
                    throw new AssertionError("a cursor was opened on " + partition);
                },
                fetcher,
                topics,
                EpochClock.system(),
                NanoClock.system(),
                Scheduler.system(),
                Meters.none(),
                new TopicMeters(Meters.none(), 1, id -> true),
                group -> ShareGroupSettings.DEFAULT,
                group -> CompletableFuture.completedStage(true));
        Ledgers ledgers = new Ledgers(
                ports,
                group -> {
                    throw new AssertionError("ledgers of group " + group);
                },
                id -> false);
        return new ShareStates(
                ledgers,
                Stream::empty,
                new GroupConfigs(
                        command -> {
                            throw new AssertionError(command);
                        },
                        Map.of(),
                        name -> Optional.empty()));
    }
}
