package io.polylog.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.dispatch.DispatchLimits;
import io.polylog.dispatch.LogDispatcher;
import io.polylog.engine.LedgerReplicaGroup;
import io.polylog.fake.FakeLog;
import io.polylog.fake.FakeTopics;
import io.polylog.fake.ManualExecutor;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvBudget;
import io.polylog.metric.Meters;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import io.polylog.share.ShareGroups.StartAt;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerGroupsTest {

    private static final String GROUP = "queue:orders";

    @TempDir
    private Path directory;

    private final ManualExecutor pool = new ManualExecutor();
    private final ManualExecutor journal = new ManualExecutor();
    private final ManualExecutor thread = new ManualExecutor();
    private final FakeLog log = new FakeLog(pool);
    private final FakeTopics topics = new FakeTopics();
    private final KvBudget budget = new KvBudget();
    private final Map<String, Long> counted = new HashMap<>();
    private final Meters meters = new Meters() {
        @Override
        public Counter counter(String name, String... tags) {
            return amount -> counted.merge(name, amount, Long::sum);
        }

        @Override
        public Timer timer(String name, String... tags) {
            return nanos -> {};
        }

        @Override
        public void gauge(String name, DoubleSupplier value, String... tags) {}
    };
    private final List<Worker> workers = new ArrayList<>();
    private KeyValueStore store;
    private Topic topic;
    private TopicPartition partition;
    private LedgerReplicaGroup home;
    private LedgerGroups groups;

    @BeforeEach
    void start() {
        store = KeyValueStore.open(directory.resolve("state"), Set.of(LedgerReplicaGroup.family()), budget);
        topic = topics.add("orders", 1);
        partition = topic.partition(0);
        log.create(partition);
        startNode();
    }

    private void startNode() {
        home = new LedgerReplicaGroup(log, id -> topic.partition(id.partition()), journal, thread, store);
        LogDispatcher dispatcher = new LogDispatcher(log, topics, pool, DispatchLimits.DEFAULT, Meters.none());
        groups = new LedgerGroups(any -> home, dispatcher, log, topics, new ShareLimits(20, 1 << 20, 8, 16), meters);
    }

    @AfterEach
    void stop() {
        store.close();
        budget.close();
    }

    private Worker worker() {
        return worker(StartAt.EARLIEST);
    }

    private Worker worker(StartAt startAt) {
        Worker worker = new Worker(groups, GROUP, topic, startAt);
        workers.add(worker);
        drain();
        return worker;
    }

    private Worker worker(int credit) {
        Worker worker = worker();
        worker.consumer().credit(credit);
        drain();
        return worker;
    }

    private void drain() {
        List<ManualExecutor> all = new ArrayList<>(List.of(pool, journal, thread));
        workers.forEach(worker -> all.add(worker.owner));
        ManualExecutor.drain(all.toArray(ManualExecutor[]::new));
    }

    private void settle(Worker worker, Outcome outcome) {
        CompletionStage<Void> settled = worker.consumer().settle(worker.takeAll(), outcome);
        drain();
        assertThat(settled.toCompletableFuture()).isCompleted();
    }

    private Refusal refusal(CompletionStage<?> stage) {
        drain();
        try {
            stage.toCompletableFuture().getNow(null);
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RefusedException refused) {
                return refused.refusal();
            }
        }
        throw new AssertionError("not refused");
    }

    @Test
    void oneMemberGetsRecordsInOrder() {
        log.append(partition, "a", "b");
        Worker worker = worker(10);
        log.append(partition, "c");
        drain();
        assertThat(worker.values()).containsExactly("a", "b", "c");
        assertThat(worker.held).allSatisfy(acquired -> {
            assertThat(acquired.failures()).isZero();
            assertThat(acquired.acquisitions()).isZero();
        });
    }

    @Test
    void competingMembersTakeTurns() {
        Worker one = worker(10);
        Worker two = worker(10);
        log.append(partition, "a", "b", "c", "d");
        drain();
        assertThat(one.values()).hasSize(2);
        assertThat(two.values()).hasSize(2);
        List<String> all = new ArrayList<>(one.values());
        all.addAll(two.values());
        assertThat(all).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void releasedRecordsComeBeforeNewOnesInOffsetOrder() {
        log.append(partition, "a", "b", "c", "d", "e");
        Worker worker = worker(4);
        List<Acquired> held = worker.takeAll();
        worker.consumer().settle(List.of(held.get(2)), Outcome.RELEASE);
        worker.consumer().settle(List.of(held.get(0)), Outcome.RELEASE);
        drain();
        worker.consumer().credit(10);
        drain();
        assertThat(worker.values()).containsExactly("a", "c", "e");
        assertThat(worker.held.get(0).acquisitions()).isEqualTo(1);
        assertThat(worker.held.get(0).failures()).isZero();
        assertThat(worker.held.get(2).acquisitions()).isZero();
    }

    @Test
    void failedDeliveriesAreCounted() {
        log.append(partition, "a");
        Worker worker = worker(1);
        settle(worker, Outcome.FAIL);
        worker.consumer().credit(1);
        drain();
        assertThat(worker.held.get(0).failures()).isEqualTo(1);
        assertThat(worker.held.get(0).acquisitions()).isEqualTo(1);
    }

    @Test
    void creditIsUsedUpAndZeroStops() {
        log.append(partition, "a", "b", "c");
        Worker worker = worker(2);
        assertThat(worker.values()).containsExactly("a", "b");
        worker.consumer().credit(0);
        log.append(partition, "d");
        drain();
        assertThat(worker.values()).hasSize(2);
    }

    @Test
    void loweredCreditHoldsForRecordsOnTheirWay() {
        log.append(partition, "a", "b");
        Worker worker = worker();
        CompletableFuture<Void> given = worker.consumer().credit(2).toCompletableFuture();
        ManualExecutor.drain(pool, journal, thread);
        assertThat(given).isCompleted();
        worker.consumer().credit(1);
        drain();
        assertThat(worker.values()).containsExactly("a");
        worker.consumer().credit(1);
        drain();
        assertThat(worker.values()).containsExactly("a", "b");
        assertThat(worker.held.get(1).acquisitions())
                .as("it was never handed before")
                .isZero();
    }

    @Test
    void creditIsAnsweredOnlyWhenTheLogWasLookedThrough() {
        log.append(partition, "a");
        Worker worker = worker();
        CompletableFuture<Void> answer = worker.consumer().credit(5).toCompletableFuture();
        ManualExecutor.drain(thread);
        assertThat(answer).isNotDone();
        drain();
        assertThat(answer).isCompleted();
        assertThat(worker.values()).containsExactly("a");
    }

    @Test
    void creditIsAnsweredAtAnEmptyLogBehindMarkers() {
        appendMarker();
        Worker worker = worker();
        CompletableFuture<Void> answer = worker.consumer().credit(5).toCompletableFuture();
        drain();
        assertThat(answer).isCompleted();
    }

    private void appendMarker() {
        ByteBuffer marker = RecordBatch.encode(List.of(new Record(null, new byte[] {1}, 0, Headers.EMPTY)))
                .buffer();
        marker.put(22, (byte) 0x30); // attributes: transactional, control
        log.append(partition, new RecordBatch(marker));
    }

    @Test
    void leavingGivesBackWhatWasHeld() {
        log.append(partition, "a", "b");
        Worker one = worker(10);
        Worker two = worker(10);
        one.consumer().close();
        drain();
        assertThat(two.values()).containsExactly("a", "b");
        assertThat(two.held.get(0).acquisitions()).isEqualTo(1);
        assertThat(refusal(one.consumer().settle(one.takeAll(), Outcome.ACCEPT)))
                .isEqualTo(Refusal.NOT_ACQUIRED);
    }

    @Test
    void settlingTwiceIsRefusedAndTheRestIsSettled() {
        log.append(partition, "a", "b");
        Worker worker = worker(10);
        List<Acquired> held = worker.takeAll();
        CompletionStage<Void> first = worker.consumer().settle(held.subList(0, 1), Outcome.ACCEPT);
        CompletionStage<Void> second = worker.consumer().settle(held, Outcome.ACCEPT);
        drain();
        assertThat(first.toCompletableFuture()).isCompleted();
        assertThat(refusal(second)).isEqualTo(Refusal.NOT_ACQUIRED);
        worker.consumer().close();
        drain();
        assertThat(worker(10).values()).isEmpty();
    }

    @Test
    void earlierAcquisitionCannotSettleALaterOne() {
        log.append(partition, "a");
        Worker worker = worker(1);
        List<Acquired> old = worker.takeAll();
        worker.consumer().settle(old, Outcome.RELEASE);
        worker.consumer().credit(1);
        drain();
        assertThat(worker.held).hasSize(1);
        CompletionStage<Void> late = worker.consumer().settle(old, Outcome.ACCEPT);
        drain();
        assertThat(refusal(late)).isEqualTo(Refusal.NOT_ACQUIRED);
    }

    @Test
    void acceptIsAnsweredOnlyWhenDurable() {
        log.append(partition, "a");
        Worker worker = worker(1);
        CompletableFuture<Void> settled =
                worker.consumer().settle(worker.takeAll(), Outcome.ACCEPT).toCompletableFuture();
        ManualExecutor.drain(pool, thread);
        assertThat(settled).isNotDone();
        drain();
        assertThat(settled).isCompleted();
    }

    @Test
    void outcomesGatherWhileOneIsOnItsWay() {
        log.append(partition, "a", "b", "c", "d");
        Worker worker = worker(4);
        List<CompletableFuture<Void>> settled = new ArrayList<>();
        for (Acquired acquired : worker.takeAll()) {
            settled.add(
                    worker.consumer().settle(List.of(acquired), Outcome.ACCEPT).toCompletableFuture());
        }
        ManualExecutor.drain(thread);
        assertThat(journal.step()).isTrue();
        ManualExecutor.drain(thread);
        assertThat(settled).filteredOn(CompletableFuture::isDone).hasSize(1);
        assertThat(journal.step()).isTrue();
        ManualExecutor.drain(thread);
        assertThat(settled).allMatch(CompletableFuture::isDone);
    }

    @Test
    void restartKeepsAcceptedAwayAndGivesBackTheRest() {
        log.append(partition, "a", "b", "c", "d");
        Worker worker = worker(4);
        List<Acquired> held = worker.takeAll();
        worker.consumer().settle(List.of(held.get(0), held.get(2)), Outcome.ACCEPT);
        worker.consumer().settle(List.of(held.get(3)), Outcome.FAIL);
        drain();
        startNode();
        Worker after = worker(10);
        assertThat(after.values()).containsExactly("b", "d");
        assertThat(after.held.get(1).failures()).isEqualTo(1);
    }

    @Test
    void rejectedRecordsAreArchivedAndCounted() {
        log.append(partition, "a");
        Worker worker = worker(1);
        settle(worker, Outcome.REJECT);
        worker.consumer().credit(5);
        drain();
        assertThat(worker.held).isEmpty();
        assertThat(counted).containsEntry("polylog_share_rejected_total", 1L);
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
    void startPassesOffsetsWithoutRecords() {
        log.append(partition, "a");
        appendMarker();
        log.append(partition, "b", "c");
        Worker worker = worker(2);
        settle(worker, Outcome.ACCEPT);
        assertThat(counted).containsEntry("polylog_share_skipped_offsets_total", 1L);
        startNode();
        log.advanceLogStart(partition, 3); // did the ledger begin below, it would skip again
        log.append(partition, "d");
        counted.clear();
        Worker after = worker(10);
        assertThat(after.values()).containsExactly("c", "d");
        assertThat(counted).isEmpty();
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
        Ledger ledger = new Ledger(
                new io.polylog.engine.LedgerId(topic.id(), 0, GROUP),
                partition,
                home,
                (where, offset, owner, onReady) -> {
                    throw new AssertionError();
                },
                log,
                ShareLimits.DEFAULT,
                Meters.none(),
                () -> {});
        Member member = new Member(Runnable::run, worker(), () -> {});
        assertThatThrownBy(() -> ledger.leave(member)).isInstanceOf(IllegalStateException.class);
    }
}
