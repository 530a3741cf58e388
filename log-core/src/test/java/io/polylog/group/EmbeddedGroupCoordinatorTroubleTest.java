package io.polylog.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A coordinator whose log refuses, whose topics go, and which ends and starts again. */
@Timeout(60)
class EmbeddedGroupCoordinatorTroubleTest extends CoordinatorOnALog {

    @Test
    void callsMadeWhileItStartsKeepTheirOrder() {
        List<CompletionStage<Errors>> commits = IntStream.range(0, 5000)
                .mapToObj(offset -> commitLater("readers", 0, offset))
                .toList();
        commits.forEach(committed -> assertThat(get(committed)).isEqualTo(Errors.NONE));
        assertThat(committed("readers", 0)).isEqualTo(4999);
    }

    @Test
    void offsetsAndGroupsSurviveARestart() {
        JoinGroupResponseData joined = join("classic");
        sync("classic", joined);
        commit("readers", 0, 5);
        commit("readers", 0, 6);
        coordinator.close();

        coordinator = coordinatorOn(log);

        assertThat(committed("readers", 0)).isEqualTo(6);
        assertThat(heartbeat("classic", joined)).isEqualTo(Errors.NONE);
        assertThat(get(coordinator.listGroups(CALLER, new ListGroupsRequestData()))
                        .groups())
                .extracting(group -> group.groupId())
                .containsExactlyInAnyOrder("classic", "readers");
    }

    @Test
    void refusedAppendIsRetriableAndLeavesWhatWasDurable() {
        commit("readers", 0, 5);
        log.refuseAppends(1);

        assertThat(commit("readers", 0, 6)).isEqualTo(Errors.NOT_COORDINATOR);

        await().untilAsserted(() -> assertThat(committed("readers", 0)).isEqualTo(5));
        await().untilAsserted(() -> assertThat(commit("readers", 0, 7)).isEqualTo(Errors.NONE));
        assertThat(committed("readers", 0)).isEqualTo(7);
    }

    @Test
    void refusalsAtAnyMomentLoseNoAcknowledgedCommit() {
        long seed = Long.getLong("polylog.test.seed", new Random().nextLong());
        Random random = new Random(seed);
        Map<String, Long> acknowledged = new HashMap<>();
        Map<String, Long> sent = new HashMap<>();
        for (int burst = 0; burst < 60; burst++) {
            log.refuseAppends(random.nextInt(3) == 0 ? 1 : 0);
            Map<CompletionStage<Errors>, String> commits = new LinkedHashMap<>();
            Map<String, Long> offsets = new HashMap<>();
            for (int i = 0; i < 20; i++) {
                String group = "group-" + random.nextInt(5);
                long offset = sent.merge(group, 1L, Long::sum);
                offsets.put(group, offset);
                commits.put(commitLater(group, 0, offset), group);
                if (random.nextInt(4) == 0) {
                    // Membership records depend on one another: a hole among them would show when they are replayed.
                    coordinator.consumerGroupHeartbeat(CALLER, joining("members-" + random.nextInt(3), "orders"));
                }
            }
            Map<String, Boolean> last = new HashMap<>();
            commits.forEach((commit, group) -> last.put(group, get(commit) == Errors.NONE));
            last.forEach((group, durable) -> {
                if (durable) {
                    acknowledged.put(group, offsets.get(group));
                }
            });
        }
        log.refuseAppends(0);
        coordinator.close();
        coordinator = coordinatorOn(log);

        acknowledged.forEach((group, offset) -> assertThat(committed(group, 0))
                .as("%s with seed %d", group, seed)
                .isBetween(offset, sent.get(group)));
    }

    @Test
    void laterTopicOfTheSameNameHasNoOffsets() {
        topics.add("other", 1);
        commit("readers", 0, 5);
        coordinator.close();
        topics.remove("orders");
        topics.add("another", 1);
        orders = topics.add("orders", 3);

        coordinator = coordinatorOn(log);

        assertThat(committed("readers", 0)).isEqualTo(-1);
    }

    @Test
    void partitionThatCouldNotBeReadIsTriedAgain() {
        commit("readers", 0, 5);
        log.refuseReads(1);
        log.refuseAppends(1);
        commit("readers", 0, 6);

        await().untilAsserted(() -> assertThat(committed("readers", 0)).isEqualTo(5));
    }

    @Test
    void deletedTopicLosesItsOffsets() {
        topics.add("other", 1);
        commit("readers", 0, 5);

        topics.remove("orders");

        await().untilAsserted(() -> assertThat(committed("readers", 0)).isEqualTo(-1));
    }

    @Test
    void failedStartIsTriedAgainByTheNextRequest() {
        AtomicInteger calls = new AtomicInteger();
        GroupCoordinator retried = new EmbeddedGroupCoordinator(
                1,
                GroupSettings.DEFAULT,
                new OffsetsLog(
                        () -> calls.incrementAndGet() == 1
                                ? CompletableFuture.failedStage(new RefusedException(Refusal.OVERLOADED, "not now"))
                                : CompletableFuture.completedStage(
                                        topics.find(GroupCoordinator.TOPIC).orElseThrow()),
                        log,
                        log,
                        (id, producer, partition, implicitly) -> CompletableFuture.completedStage(null)),
                NoShares.on(topics, log),
                topics,
                EpochClock.system(),
                NanoClock.system());
        try (retried) {
            assertThatThrownBy(() -> get(retried.listGroups(CALLER, new ListGroupsRequestData())))
                    .hasCauseInstanceOf(CoordinatorNotAvailableException.class);
            assertThat(get(retried.listGroups(CALLER, new ListGroupsRequestData()))
                            .errorCode())
                    .isZero();
        }
    }

    @Test
    void closedCoordinatorFailsEveryCall() {
        commit("readers", 0, 5);
        coordinator.close();
        assertThatThrownBy(() -> get(coordinator.listGroups(CALLER, new ListGroupsRequestData())))
                .hasCauseInstanceOf(CoordinatorNotAvailableException.class);
    }

    @Test
    void closeEndsItsThreads() {
        commit("readers", 0, 5);
        coordinator.close();
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("polylog-group") || name.startsWith("group-coordinator")));
    }
}
