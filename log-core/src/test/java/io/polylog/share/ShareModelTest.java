package io.polylog.share;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.dispatch.DispatchLimits;
import io.polylog.dispatch.LogDispatcher;
import io.polylog.engine.LedgerReplicaGroup;
import io.polylog.fake.FakeLog;
import io.polylog.fake.FakeTopics;
import io.polylog.fake.ManualExecutor;
import io.polylog.fake.ManualScheduler;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvBudget;
import io.polylog.metric.Meters;
import io.polylog.metric.TopicMeters;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import io.polylog.share.ShareGroups.StartAt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random programs of many members, with crashes, refusals, failures beyond the limit and times to live, against a plain
 * model: a record is with one member at a time, is settled for good or becomes a dead letter once, and none is lost.
 */
class ShareModelTest {

    private static final int PARTITIONS = 2;

    @TempDir
    private Path directory;

    private record Place(int partition, long offset) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void everyRecordIsSettledOnceAndNoneIsLost(long seed) {
        try (KvBudget budget = new KvBudget();
                KeyValueStore store =
                        KeyValueStore.open(directory.resolve("s"), Set.of(LedgerReplicaGroup.family()), budget)) {
            new Program(seed, store).run();
        }
    }

    private static final class Program {
        private final long seed;
        private final Random random;
        private final KeyValueStore store;
        private final ManualExecutor stored = new ManualExecutor();
        private final FakeLog log = new FakeLog(stored);
        private final FakeTopics topics = new FakeTopics();
        private final Topic topic = topics.add("t", PARTITIONS, Map.of("polylog.delivery.limit", "2"));
        private final ManualScheduler scheduler = new ManualScheduler();
        private final long[] ends = new long[PARTITIONS];
        private final Set<Place> done = new HashSet<>();
        private final Set<Place> dead = new HashSet<>();
        private final Map<Place, Integer> failures = new HashMap<>();
        private final List<String> faults = new ArrayList<>();
        private final Map<Place, Worker> holders = new HashMap<>();

        private ManualExecutor pool = stored;
        private ManualExecutor journal = stored;
        private ManualExecutor thread = stored;
        private @Nullable LedgerReplicaGroup home;
        private LedgerGroups groups;
        private List<Worker> workers = new ArrayList<>();

        Program(long seed, KeyValueStore store) {
            this.seed = seed;
            this.random = new Random(seed);
            this.store = store;
            for (TopicPartition partition : io.polylog.broker.Topics.partitions(topic)) {
                log.create(partition);
            }
            topics.onObtain(spec -> {
                if (random.nextInt(3) > 0) {
                    return CompletableFuture.failedStage(new RefusedException(Refusal.OVERLOADED, "not this time"));
                }
                Topic made = topics.add(spec.name(), 1, spec.config());
                log.create(made.partition(0));
                return CompletableFuture.completedStage(made);
            });
            startNode();
        }

        /** What the old one had not made durable is gone with it. */
        private void startNode() {
            pool = new ManualExecutor();
            journal = new ManualExecutor();
            thread = new ManualExecutor();
            workers = new ArrayList<>();
            holders.clear();
            scheduler.close();
            LedgerReplicaGroup group =
                    new LedgerReplicaGroup(log, id -> topic.partition(id.partition()), journal, thread, store);
            home = group;
            LogDispatcher dispatcher = new LogDispatcher(
                    log, topics, pool, new DispatchLimits(300, 300, 2, 4, 800, 3, 1000, 4, 1500), Meters.none());
            SharePorts ports = new SharePorts(
                    any -> group,
                    dispatcher,
                    log,
                    topics,
                    scheduler::nowMs,
                    () -> scheduler.nowMs() * 1_000_000,
                    scheduler,
                    Meters.none(),
                    new TopicMeters(Meters.none(), 10, id -> true),
                    any -> ShareGroupSettings.DEFAULT,
                    any -> CompletableFuture.completedStage(true));
            groups = new LedgerGroups(ports, new ShareLimits(12, 400, 3, 5));
        }

        void run() {
            for (int step = 0; step < 6000; step++) {
                int choice = random.nextInt(1000);
                if (choice < 20) {
                    append();
                } else if (choice < 28 && workers.size() < 6) {
                    workers.add(new Worker(groups, "g", topic, StartAt.EARLIEST));
                } else if (choice < 60) {
                    withWorker(worker -> worker.consumer().credit(random.nextInt(8)));
                } else if (choice < 140) {
                    withWorker(this::settleSome);
                } else if (choice < 145) {
                    withWorker(this::leave);
                } else if (choice < 147) {
                    startNode();
                } else if (choice < 150) {
                    Objects.requireNonNull(home).refuseNext(Refusal.OVERLOADED);
                } else if (choice < 160) {
                    scheduler.runNext();
                } else if (choice < 165) {
                    scheduler.advance(random.nextInt(300));
                } else {
                    ManualExecutor[] executors = executors();
                    executors[random.nextInt(executors.length)].step();
                    takeNote();
                }
            }
            finish();
        }

        private void append() {
            int partition = random.nextInt(PARTITIONS);
            List<Record> records = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                byte[] value = (partition + ":" + ends[partition]++).getBytes(UTF_8);
                long expiresAt = random.nextInt(10) > 0 ? Long.MAX_VALUE : scheduler.nowMs() + random.nextInt(1000);
                Headers headers = Headers.builder()
                        .text("expires-at", Long.toString(expiresAt))
                        .build();
                records.add(new Record(null, value, 0, headers));
            }
            log.append(topic.partition(partition), RecordBatch.encode(records));
        }

        private void withWorker(java.util.function.Consumer<Worker> action) {
            List<Worker> joined = workers.stream().filter(Worker::hasJoined).toList();
            if (!joined.isEmpty()) {
                action.accept(joined.get(random.nextInt(joined.size())));
            }
        }

        private void settleSome(Worker worker) {
            List<Acquired> chosen = new ArrayList<>();
            int partition = random.nextInt(PARTITIONS); // one at a time: a crash settles all of them or none
            Outcome outcome = List.of(Outcome.values()).get(random.nextInt(6));
            boolean failing = outcome == Outcome.FAIL || outcome == Outcome.FAIL_ELSEWHERE;
            int most = failing ? 1 : Integer.MAX_VALUE; // of several, some may become dead letters and wait for a topic
            worker.held.removeIf(acquired -> {
                boolean take =
                        acquired.partition().partition() == partition && random.nextInt(3) == 0 && chosen.size() < most;
                if (take) {
                    chosen.add(acquired);
                    holders.remove(place(acquired));
                }
                return take;
            });
            if (chosen.isEmpty()) {
                return;
            }
            Set<Place> before = new HashSet<>(done);
            worker.consumer().settle(chosen, outcome).whenComplete((nothing, failure) -> {
                List<Acquired> settled = new ArrayList<>(chosen);
                if (failure instanceof NotSettledException refused && refused.refusal() == Refusal.OVERLOADED) {
                    settled.removeAll(refused.records());
                    if (workers.contains(worker)) {
                        worker.held.addAll(refused.records());
                    }
                } else if (failure instanceof NotSettledException ended && ended.refusal() == Refusal.CLOSED) {
                    settled.removeAll(ended.records()); // its dead letter could not be written as long as it was there
                } else if (failure != null) {
                    faults.add("refused: " + failure);
                }
                deadLetters();
                for (Acquired acquired : settled) {
                    Place place = place(acquired);
                    switch (outcome) {
                        case ACCEPT -> {
                            if (before.contains(place) || !done.add(place)) {
                                faults.add(place + " settled twice");
                            }
                        }
                        case REJECT -> {
                            if (!dead.contains(place)) {
                                faults.add(place + " is no dead letter");
                            }
                        }
                        case FAIL, FAIL_ELSEWHERE -> failures.merge(place, 1, Integer::sum);
                        case RELEASE, RELEASE_ELSEWHERE -> {}
                    }
                }
            });
        }

        /** Each record once at most. */
        private Set<Place> deadLetters() {
            TopicPartition partition =
                    topics.find("t.dlq").map(found -> found.partition(0)).orElse(null);
            if (partition != null && log.offsets(partition).highWatermark() > dead.size()) {
                dead.clear();
                for (Record letter : log.records(partition)) {
                    String[] value = new String(Objects.requireNonNull(letter.value()), UTF_8).split(":");
                    assertThat(dead.add(new Place(Integer.parseInt(value[0]), Long.parseLong(value[1]))))
                            .as("seed %d", seed)
                            .isTrue();
                }
            }
            return dead;
        }

        private void leave(Worker worker) {
            worker.consumer().close();
            holders.values().removeIf(holder -> holder == worker);
            workers.remove(worker);
        }

        /** Checks what the members were given in the last step. */
        private void takeNote() {
            assertThat(faults).as("seed %d", seed).isEmpty();
            deadLetters();
            assertThat(Collections.disjoint(dead, done)).as("seed %d", seed).isTrue();
            for (Worker worker : workers) {
                for (Acquired acquired : worker.held) {
                    Place place = place(acquired);
                    Worker holder = holders.putIfAbsent(place, worker);
                    assertThat(holder == null || holder == worker)
                            .as("seed %d: %s", seed, place)
                            .isTrue();
                    if (holder == null) {
                        assertThat(done).as("seed %d", seed).doesNotContain(place);
                        assertThat(dead).as("seed %d", seed).doesNotContain(place);
                        assertThat(acquired.failures())
                                .isEqualTo(failures.getOrDefault(place, 0))
                                .isLessThanOrEqualTo(2);
                        assertThat(new String(
                                        java.util.Objects.requireNonNull(
                                                acquired.record().value()),
                                        java.nio.charset.StandardCharsets.UTF_8))
                                .isEqualTo(place.partition + ":" + place.offset);
                    }
                }
            }
        }

        private void finish() {
            drain();
            // The last one is in before the others leave: the ledgers live on, and must give it all that was held.
            Worker last = new Worker(groups, "g", topic, StartAt.EARLIEST);
            List<Worker> leaving = workers.stream().filter(Worker::hasJoined).toList();
            workers.add(last);
            drain();
            if (!last.hasJoined()) { // its command was the one to be refused
                workers.remove(last);
                last = new Worker(groups, "g", topic, StartAt.EARLIEST);
                workers.add(last);
                drain();
            }
            leaving.forEach(this::leave);
            drain();
            last.consumer().credit(Integer.MAX_VALUE);
            drain();
            for (int idle = 0; idle < 200; idle++) {
                takeNote();
                List<Acquired> taken = last.takeAll();
                taken.forEach(acquired -> {
                    holders.remove(place(acquired));
                    assertThat(done.add(place(acquired))).as("seed %d", seed).isTrue();
                });
                last.consumer().settle(taken, Outcome.ACCEPT);
                scheduler.runNext();
                drain();
                idle = taken.isEmpty() ? idle : 0;
            }
            Set<Place> settled = new HashSet<>(deadLetters());
            assertThat(settled).as("seed %d", seed).isNotEmpty();
            settled.addAll(done);
            assertThat(settled).as("seed %d", seed).hasSize((int) (ends[0] + ends[1]));
        }

        private void drain() {
            ManualExecutor.drain(executors());
            takeNote();
        }

        private ManualExecutor[] executors() {
            List<ManualExecutor> all = new ArrayList<>(List.of(stored, pool, journal, thread));
            workers.forEach(worker -> all.add(worker.owner));
            return all.toArray(ManualExecutor[]::new);
        }

        private static Place place(Acquired acquired) {
            return new Place(acquired.partition().partition(), acquired.offset());
        }
    }
}
