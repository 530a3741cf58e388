package io.polylog.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Isolation;
import io.polylog.broker.Refusal;
import io.polylog.broker.Topic;
import io.polylog.engine.LedgerId;
import io.polylog.share.ShareGroups.StartAt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** How long and how many records are held, and where a group begins and ends. */
class LedgerWindowTest extends ShareScene {

    @Test
    void lockThatRunsOutGivesTheRecordToAnother() {
        log.append(partition, "a", "b");
        Worker slow = new Worker(
                groups, GROUP, topic, JoinOptions.from(StartAt.EARLIEST).withLockMs(30_000));
        workers.add(slow);
        drain();
        slow.consumer().credit(1);
        drain();
        scheduler.advance(10_000);
        slow.consumer().credit(1);
        drain();
        assertThat(slow.values()).containsExactly("a", "b");
        Worker other = worker(5);
        scheduler.advance(19_999);
        drain();
        assertThat(other.held).isEmpty();
        scheduler.advance(1);
        drain();
        assertThat(other.values()).containsExactly("a");
        assertThat(other.held.get(0).failures())
                .as("nobody said that it failed")
                .isZero();
        assertThat(other.held.get(0).acquisitions()).isEqualTo(1);
        assertThat(refusal(slow.consumer().settle(slow.held.subList(0, 1), Outcome.ACCEPT)))
                .isEqualTo(Refusal.NOT_ACQUIRED);
        slow.consumer().settle(slow.held.subList(1, 2), Outcome.ACCEPT);
        drain();
        scheduler.advance(60_000);
        drain();
        assertThat(other.values()).containsExactly("a");
        assertThat(counted).containsEntry("polylog_share_locks_expired_total", 1L);
    }

    @Test
    void topicMaySayHowLongARecordIsHeld() {
        configure("polylog.lock.timeout.ms", "500");
        log.append(partition, "a");
        Worker one = worker(1);
        Worker two = worker(1);
        scheduler.advance(500);
        drain();
        assertThat(one.held).hasSize(1);
        assertThat(two.values()).containsExactly("a");
    }

    @Test
    void deliveredRecordsAreKnownToHaveBeenSeenAfterARestart() {
        log.append(partition, "a", "b", "c");
        Worker worker = worker(2);
        assertThat(worker.held).hasSize(2);
        startNode();
        Worker after = worker(5);
        assertThat(after.values()).containsExactly("a", "b", "c");
        assertThat(after.held.stream().map(Acquired::acquisitions)).containsExactly(1, 1, 0);
        assertThat(after.held.stream().map(Acquired::failures)).containsOnly(0);
    }

    @Test
    void partialFailureTellsWhichRecordsWereNotSettled() {
        log.append(partition, "a", "b");
        Worker worker = worker(2);
        List<Acquired> held = worker.takeAll();
        worker.consumer().settle(held.subList(0, 1), Outcome.RELEASE);
        CompletionStage<Void> both = worker.consumer().settle(held, Outcome.ACCEPT);
        drain();
        assertThatThrownBy(() -> both.toCompletableFuture().join())
                .hasCauseInstanceOf(NotSettledException.class)
                .extracting(failure -> ((NotSettledException) failure.getCause()).records())
                .isEqualTo(held.subList(0, 1));
    }

    @Test
    void refusedOutcomeLeavesTheRecordWithItsHolder() {
        log.append(partition, "a");
        Worker worker = worker(1);
        List<Acquired> held = worker.takeAll();
        home.refuseNext(Refusal.OVERLOADED);
        CompletionStage<Void> first = worker.consumer().settle(held, Outcome.ACCEPT);
        drain();
        assertThat(refusal(first)).isEqualTo(Refusal.OVERLOADED);
        CompletionStage<Void> second = worker.consumer().settle(held, Outcome.ACCEPT);
        drain();
        assertThat(second.toCompletableFuture()).isCompleted();
    }

    @Test
    void latestBeginsBehindWhatIsThere() {
        log.append(partition, "a");
        Worker worker = worker(StartAt.LATEST);
        worker.consumer().credit(5);
        log.append(partition, "b");
        drain();
        assertThat(worker.values()).containsExactly("b");
    }

    @Test
    void deletedTopicEndsTheGroup() {
        Worker worker = worker(5);
        topics.remove("orders");
        log.delete(partition);
        drain();
        assertThat(worker.ended).isPresent();
        Worker late = worker();
        assertThat(refusal(late.joining())).isEqualTo(Refusal.UNKNOWN_TOPIC);
    }

    @Test
    void ledgerWithoutMembersReadsNothing() {
        Worker worker = worker(5);
        assertThat(log.watches(partition)).isEqualTo(1);
        worker.consumer().close();
        drain();
        assertThat(log.watches(partition)).isZero();
    }

    @Test
    void partitionsOfATopicShareOneCredit() {
        Topic wide = topics.add("wide", 3);
        topic = wide;
        for (int i = 0; i < 3; i++) {
            log.create(wide.partition(i));
            log.append(wide.partition(i), "x", "y");
        }
        Worker worker = worker(4);
        assertThat(worker.held).hasSize(4);
        settle(worker, Outcome.ACCEPT);
        worker.consumer().credit(4);
        drain();
        assertThat(worker.held).hasSize(2);
    }

    @Test
    void newPartitionsAreJoinedFromTheirBeginning() {
        Worker worker = worker(10);
        topic = new Topic(topic.id(), topic.name(), 2, Map.of());
        log.create(topic.partition(1));
        log.append(topic.partition(1), "new");
        topics.change(topic);
        drain();
        assertThat(worker.values()).containsExactly("new");
        settle(worker, Outcome.ACCEPT);
    }

    @Test
    void whatRetentionTookIsArchivedAndCountedAsThat() {
        log.append(partition, "a", "b", "c");
        Worker worker = worker(1);
        settle(worker, Outcome.ACCEPT);
        startNode();
        log.append(partition, "d");
        log.advanceLogStart(partition, 3);
        Worker after = worker(10);

        assertThat(after.values()).containsExactly("d");
        settle(after, Outcome.ACCEPT);

        assertThat(countedBy).containsEntry("retention", 2L).doesNotContainKey("no-record");
        startNode();
        assertThat(worker(10).values()).isEmpty();
    }

    @Test
    void startPassesOffsetsWithoutRecords() {
        log.append(partition, "a");
        appendMarker();
        log.append(partition, "b", "c");
        Worker worker = worker(2);
        settle(worker, Outcome.ACCEPT);
        assertThat(counted).containsEntry("polylog_share_skipped_offsets_total", 1L);
        assertThat(countedBy).containsEntry("no-record", 1L);
        startNode();
        log.advanceLogStart(partition, 3); // did the ledger begin below, it would skip again
        log.append(partition, "d");
        counted.clear();
        Worker after = worker(10);
        assertThat(after.values()).containsExactly("c", "d");
        assertThat(counted).isEmpty();
    }

    @Test
    void startPassesMarkersAtTheEndOfTheLogToo() {
        log.append(partition, "a");
        Worker worker = worker(10);
        settle(worker, Outcome.ACCEPT);
        appendMarker();
        drain();
        assertThat(countedBy).containsEntry("no-record", 1L);
        startNode();
        counted.clear();
        log.append(partition, "b");
        assertThat(worker(10).values()).containsExactly("b");
        assertThat(counted).isEmpty(); // did the ledger begin below, it would skip again
    }

    @Test
    void longArchivedRunsAreNotReadAgain() {
        for (int i = 0; i < 50; i++) {
            log.append(partition, "v" + i);
        }
        Worker worker = worker(50);
        List<Acquired> held = new ArrayList<>(worker.takeAll());
        Acquired stuck = held.remove(0);
        while (!held.isEmpty()) {
            worker.consumer().settle(held, Outcome.ACCEPT);
            drain();
            held = new ArrayList<>(worker.takeAll());
        }
        assertThat(stuck.offset()).isZero();
        log.append(partition, "next");
        startNode();
        Worker after = worker(10);
        assertThat(after.values()).containsExactly("v0", "next");
    }

    @Test
    void fullWindowWaitsForOutcomes() {
        for (int i = 0; i < 30; i++) {
            log.append(partition, "v" + i);
        }
        Worker worker = worker(100);
        assertThat(worker.held).hasSize(20);
        worker.consumer().settle(worker.takeAll().subList(0, 5), Outcome.ACCEPT);
        drain();
        assertThat(worker.held).hasSize(5);
    }

    @Test
    void groupNameBeyondTheLimitIsRefused() {
        Worker worker = new Worker(groups, "g".repeat(600), topic, StartAt.EARLIEST);
        assertThat(refusal(worker.joining())).isEqualTo(Refusal.INVALID_CONFIG);
    }

    @Test
    void ledgerIsEnteredOnItsThreadOnly() {
        Ledger ledger =
                new Ledger(new LedgerId(topic.id(), 0, GROUP), partition, home, ports, ShareLimits.DEFAULT, () -> {});
        Member member = new Member(
                Runnable::run, worker(), new Member.Rules(0, OptionalInt.empty(), 1, Isolation.COMMITTED), () -> {});
        assertThatThrownBy(() -> ledger.leave(member)).isInstanceOf(IllegalStateException.class);
    }
}
