package io.polylog.share;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.dispatch.DispatchLimits;
import io.polylog.dispatch.LogDispatcher;
import io.polylog.engine.LedgerId;
import io.polylog.engine.LedgerReplicaGroup;
import io.polylog.fake.FakeLog;
import io.polylog.fake.FakeTopics;
import io.polylog.fake.ManualExecutor;
import io.polylog.fake.ManualScheduler;
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
import java.util.Objects;
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
    private final ManualScheduler scheduler = new ManualScheduler();
    private final List<Worker> workers = new ArrayList<>();
    private KeyValueStore store;
    private Topic topic;
    private TopicPartition partition;
    private LedgerReplicaGroup home;
    private SharePorts ports;
    private LedgerGroups groups;

    @BeforeEach
    void start() {
        store = KeyValueStore.open(directory.resolve("state"), Set.of(LedgerReplicaGroup.family()), budget);
        topic = topics.add("orders", 1);
        partition = topic.partition(0);
        log.create(partition);
        topics.onObtain(spec -> {
            Topic made = topics.add(spec.name(), 1, spec.config());
            log.create(made.partition(0));
            return CompletableFuture.completedStage(made);
        });
        startNode();
    }

    private void startNode() {
        home = new LedgerReplicaGroup(log, id -> log.find(id.topicId(), id.partition()), journal, thread, store);
        LogDispatcher dispatcher = new LogDispatcher(log, topics, pool, DispatchLimits.DEFAULT, Meters.none());
        ports = new SharePorts(
                any -> home,
                dispatcher,
                log,
                topics,
                scheduler::nowMs,
                () -> scheduler.nowMs() * 1_000_000,
                scheduler,
                meters);
        groups = new LedgerGroups(ports, new ShareLimits(20, 1 << 20, 8, 16));
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

    private void configure(String setting, String value) {
        Map<String, String> config = new HashMap<>(topic.config());
        config.put(setting, value);
        topic = new Topic(topic.id(), topic.name(), topic.partitionCount(), config);
        topics.change(topic);
    }

    private List<String> deadLetters() {
        return topics.find("orders.dlq")
                .map(dead -> log.records(dead.partition(0)).stream()
                        .map(record -> new String(Objects.requireNonNull(record.value()), UTF_8)
                                + " "
                                + record.headers()
                                        .lastText("x-last-death-reason")
                                        .orElse("?"))
                        .toList())
                .orElse(List.of());
    }

    @Test
    void rejectedRecordBecomesADeadLetter() {
        log.append(partition, "a", "b");
        Worker worker = worker(1);
        settle(worker, Outcome.REJECT);
        worker.consumer().credit(5);
        drain();
        assertThat(worker.values()).containsExactly("b");
        assertThat(deadLetters()).containsExactly("a rejected");
        assertThat(counted).containsEntry("polylog_dead_letters_total", 1L);
        startNode();
        assertThat(worker(5).values()).containsExactly("b");
    }

    @Test
    void deadLetterTellsWhatHappened() {
        Headers headers = Headers.builder()
                .text("kind", "test")
                .text("message-id", "m-1")
                .text("expires-at", "99999999")
                .build();
        log.append(
                partition, RecordBatch.encode(List.of(new Record("k".getBytes(UTF_8), new byte[] {7}, 42, headers))));
        Worker worker = worker(1);
        settle(worker, Outcome.FAIL);
        worker.consumer().credit(1);
        drain();
        scheduler.advance(5000);
        settle(worker, Outcome.REJECT);
        Record letter = log.records(topics.find("orders.dlq").orElseThrow().partition(0))
                .get(0);
        assertThat(letter.key()).isEqualTo("k".getBytes(UTF_8));
        assertThat(letter.value()).containsExactly(7);
        assertThat(letter.timestampMs()).isEqualTo(42);
        Map<String, String> told = new HashMap<>();
        letter.headers().forEach(header -> told.put(header.key(), header.text()));
        assertThat(told)
                .containsEntry("kind", "test")
                .containsEntry("__dlq.errors.topic", "orders")
                .containsEntry("__dlq.errors.partition", "0")
                .containsEntry("__dlq.errors.offset", "0")
                .containsEntry("__dlq.errors.group", GROUP)
                .containsEntry("__dlq.errors.delivery.count", "1")
                .containsEntry("__dlq.errors.message", "rejected")
                .containsEntry("x-first-death-reason", "rejected")
                .containsEntry("x-last-death-queue", "orders")
                .containsEntry("x-opt-orig-address", "orders")
                .containsEntry("x-opt-orig-message-id", "m-1")
                .containsEntry(
                        "x-death",
                        "[{\"count\":1,\"reason\":\"rejected\",\"queue\":\"orders\",\"time\":5,\"exchange\":\"\","
                                + "\"routing-keys\":[\"orders\"]}]")
                .doesNotContainKey("expires-at");
        assertThat(Death.of(letter.headers()))
                .containsExactly(new Death("orders", Death.Reason.REJECTED, 1, 5000, 5000, "", "orders"));
    }

    @Test
    void deadLetterOfADeadLetterTopicGoesNowhere() {
        log.append(partition, "a");
        settle(worker(1), Outcome.REJECT);
        Topic dead = topics.find("orders.dlq").orElseThrow();
        Worker undertaker = new Worker(groups, "queue:orders.dlq", dead, StartAt.EARLIEST);
        workers.add(undertaker);
        drain();
        undertaker.consumer().credit(1);
        drain();
        settle(undertaker, Outcome.REJECT);
        assertThat(counted).containsEntry("polylog_share_archived_total", 1L);
        assertThat(topics.all()).hasSize(2);
    }

    @Test
    void topicWithoutADeadLetterTopicArchivesAndCounts() {
        configure("polylog.dead.letter.topic", "");
        log.append(partition, "a");
        Worker worker = worker(1);
        settle(worker, Outcome.REJECT);
        worker.consumer().credit(5);
        drain();
        assertThat(worker.held).isEmpty();
        assertThat(topics.find("orders.dlq")).isEmpty();
        assertThat(counted).containsEntry("polylog_share_archived_total", 1L);
    }

    @Test
    void deliveryThatFailsOnceTooOftenIsADeadLetter() {
        configure("polylog.delivery.limit", "2");
        log.append(partition, "a");
        Worker worker = worker(1);
        for (int failure = 0; failure < 3; failure++) {
            assertThat(worker.held)
                    .singleElement()
                    .extracting(Acquired::failures)
                    .isEqualTo(failure);
            settle(worker, Outcome.FAIL);
            worker.consumer().credit(1);
            drain();
        }
        assertThat(worker.held).isEmpty();
        assertThat(deadLetters()).containsExactly("a delivery_limit");
    }

    @Test
    void releasesDoNotCountTowardsTheLimit() {
        configure("polylog.delivery.limit", "1");
        log.append(partition, "a");
        Worker worker = worker(1);
        for (int i = 0; i < 10; i++) {
            settle(worker, Outcome.RELEASE);
            worker.consumer().credit(1);
            drain();
        }
        assertThat(worker.held).singleElement().extracting(Acquired::failures).isEqualTo(0);
        assertThat(worker.held.get(0).acquisitions()).isEqualTo(10);
    }

    @Test
    void limitOfZeroIsNone() {
        configure("polylog.delivery.limit", "0");
        log.append(partition, "a");
        Worker worker = worker(1);
        for (int i = 0; i < 30; i++) {
            settle(worker, Outcome.FAIL);
            worker.consumer().credit(1);
            drain();
        }
        assertThat(worker.held).singleElement().extracting(Acquired::failures).isEqualTo(30);
    }

    @Test
    void expiredRecordIsNeverDelivered() {
        Headers soon = Headers.builder().text("expires-at", "1000").build();
        Headers never =
                Headers.builder().text("expires-at", "when the cows come home").build();
        log.append(
                partition,
                RecordBatch.encode(List.of(
                        new Record(null, "a".getBytes(UTF_8), 0, soon),
                        new Record(null, "b".getBytes(UTF_8), 0, never),
                        new Record(null, "c".getBytes(UTF_8), 0, soon))));
        Worker worker = worker(1);
        assertThat(worker.values()).containsExactly("a");
        scheduler.advance(1000);
        settle(worker, Outcome.RELEASE);
        worker.consumer().credit(5);
        drain();
        assertThat(worker.values()).containsExactly("b");
        assertThat(deadLetters()).containsExactlyInAnyOrder("a expired", "c expired");
    }

    @Test
    void deadLetterThatCannotBeWrittenIsKeptAndTriedAgain() {
        log.append(partition, "a");
        Worker worker = worker(1);
        var make = CompletableFuture.<Topic>failedStage(new RefusedException(Refusal.OVERLOADED, "by the test"));
        topics.onObtain(spec -> make);
        CompletableFuture<Void> reply =
                worker.consumer().settle(worker.takeAll(), Outcome.REJECT).toCompletableFuture();
        worker.consumer().credit(5);
        drain();
        assertThat(reply).isNotDone();
        assertThat(worker.held).isEmpty();
        assertThat(scheduler.delays()).containsExactly(DeadLetters.FIRST_RETRY_MS);
        scheduler.runNext();
        drain();
        assertThat(scheduler.delays()).containsExactly(2 * DeadLetters.FIRST_RETRY_MS);
        log.create(topics.add("orders.dlq", 1).partition(0));
        home.refuseNext(Refusal.OVERLOADED);
        scheduler.runNext();
        drain();
        assertThat(deadLetters()).isEmpty();
        scheduler.runNext();
        drain();
        assertThat(deadLetters()).containsExactly("a rejected");
        assertThat(reply).isCompleted();
    }

    @Test
    void recordWhoseDeadLetterCannotBeWrittenIsThereForTheNext() {
        log.append(partition, "a");
        Worker worker = worker(1);
        var refused = CompletableFuture.<Topic>failedStage(new RefusedException(Refusal.INVALID_CONFIG, "by the test"));
        topics.onObtain(spec -> refused);
        CompletionStage<Void> reply = worker.consumer().settle(worker.takeAll(), Outcome.REJECT);
        drain();
        worker.consumer().close();
        assertThat(refusal(reply)).isEqualTo(Refusal.CLOSED);
        assertThat(worker(1).values()).containsExactly("a");
    }

    @Test
    void rejectionOutlivesTheLastMember() {
        log.append(partition, "a", "b");
        Worker worker = worker(2);
        CompletableFuture<Topic> making = new CompletableFuture<>();
        topics.onObtain(spec -> making);
        worker.consumer().settle(List.of(worker.held.get(0)), Outcome.REJECT);
        worker.consumer().close();
        drain();
        Topic dead = topics.add("orders.dlq", 1);
        log.create(dead.partition(0));
        making.complete(dead);
        drain();
        assertThat(deadLetters()).containsExactly("a rejected");
        assertThat(log.watches(partition)).as("the ledger is closed").isZero();
        assertThat(worker(5).values()).containsExactly("b");
    }

    @Test
    void declinedRecordGoesToOthersOnly() {
        log.append(partition, "a");
        Worker one = worker(1);
        Worker two = worker();
        settle(one, Outcome.RELEASE_ELSEWHERE);
        one.consumer().credit(5);
        drain();
        assertThat(one.held).isEmpty();
        log.append(partition, "b");
        drain();
        assertThat(one.values()).containsExactly("b");
        two.consumer().credit(5);
        drain();
        assertThat(two.values()).containsExactly("a");
        assertThat(two.held.get(0).failures()).isZero();
        settle(two, Outcome.FAIL_ELSEWHERE);
        assertThat(deadLetters()).containsExactly("a rejected");
    }

    @Test
    void declinedRecordIsADeadLetterWhenTheOthersLeave() {
        log.append(partition, "a");
        Worker one = worker(1);
        Worker two = worker();
        settle(one, Outcome.FAIL_ELSEWHERE);
        assertThat(deadLetters()).isEmpty();
        two.consumer().close();
        drain();
        assertThat(deadLetters()).containsExactly("a rejected");
    }

    @Test
    void lockThatRunsOutGivesTheRecordToAnother() {
        log.append(partition, "a", "b");
        Worker slow = new Worker(
                groups, GROUP, topic, JoinOptions.from(StartAt.EARLIEST).withLockMs(JoinOptions.KAFKA_LOCK_MS));
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
        Ledger ledger =
                new Ledger(new LedgerId(topic.id(), 0, GROUP), partition, home, ports, ShareLimits.DEFAULT, () -> {});
        Member member = new Member(Runnable::run, worker(), 0, () -> {});
        assertThatThrownBy(() -> ledger.leave(member)).isInstanceOf(IllegalStateException.class);
    }
}
