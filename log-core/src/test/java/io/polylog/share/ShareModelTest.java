package io.polylog.share;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.polylog.record.TopicPartition;
import io.polylog.share.ShareGroups.StartAt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random programs of many members, with crashes, against a plain model: a record is with one member at a time, is settled
 * for good once, and none is lost.
 */
class ShareModelTest {

    private static final int PARTITIONS = 2;

    @TempDir
    private Path directory;

    private record Place(int partition, long offset) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
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
        private final Topic topic = topics.add("t", PARTITIONS);
        private final long[] ends = new long[PARTITIONS];
        private final Set<Place> done = new HashSet<>();
        private final Map<Place, Integer> failures = new HashMap<>();
        private final List<String> faults = new ArrayList<>();
        private final Map<Place, Worker> holders = new HashMap<>();

        private ManualExecutor pool = stored;
        private ManualExecutor journal = stored;
        private ManualExecutor thread = stored;
        private LedgerGroups groups;
        private List<Worker> workers = new ArrayList<>();

        Program(long seed, KeyValueStore store) {
            this.seed = seed;
            this.random = new Random(seed);
            this.store = store;
            for (TopicPartition partition : io.polylog.broker.Topics.partitions(topic)) {
                log.create(partition);
            }
            startNode();
        }

        /** What the old one had not made durable is gone with it. */
        private void startNode() {
            pool = new ManualExecutor();
            journal = new ManualExecutor();
            thread = new ManualExecutor();
            workers = new ArrayList<>();
            holders.clear();
            LedgerReplicaGroup home =
                    new LedgerReplicaGroup(log, id -> topic.partition(id.partition()), journal, thread, store);
            LogDispatcher dispatcher = new LogDispatcher(
                    log, topics, pool, new DispatchLimits(300, 300, 2, 4, 800, 3, 1000, 4, 1500), Meters.none());
            groups = new LedgerGroups(
                    any -> home, dispatcher, log, topics, new ShareLimits(12, 400, 3, 5), Meters.none());
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
            String[] values = new String[1 + random.nextInt(4)];
            for (int i = 0; i < values.length; i++) {
                values[i] = partition + ":" + ends[partition]++;
            }
            log.append(topic.partition(partition), values);
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
            worker.held.removeIf(acquired -> {
                boolean take = acquired.partition().partition() == partition && random.nextInt(3) == 0;
                if (take) {
                    chosen.add(acquired);
                    holders.remove(place(acquired));
                }
                return take;
            });
            if (chosen.isEmpty()) {
                return;
            }
            Outcome outcome = List.of(Outcome.values()).get(random.nextInt(4));
            Set<Place> before = new HashSet<>(done);
            worker.consumer().settle(chosen, outcome).whenComplete((nothing, failure) -> {
                if (failure != null) {
                    faults.add("refused: " + failure);
                }
                for (Acquired acquired : chosen) {
                    Place place = place(acquired);
                    switch (outcome) {
                        case ACCEPT, REJECT -> {
                            if (before.contains(place) || !done.add(place)) {
                                faults.add(place + " settled twice");
                            }
                        }
                        case FAIL -> failures.merge(place, 1, Integer::sum);
                        case RELEASE -> {}
                    }
                }
            });
        }

        private void leave(Worker worker) {
            worker.consumer().close();
            holders.values().removeIf(holder -> holder == worker);
            workers.remove(worker);
        }

        /** Checks what the members were given in the last step. */
        private void takeNote() {
            assertThat(faults).as("seed %d", seed).isEmpty();
            for (Worker worker : workers) {
                for (Acquired acquired : worker.held) {
                    Place place = place(acquired);
                    Worker holder = holders.putIfAbsent(place, worker);
                    assertThat(holder == null || holder == worker)
                            .as("seed %d: %s", seed, place)
                            .isTrue();
                    if (holder == null) {
                        assertThat(done).as("seed %d", seed).doesNotContain(place);
                        assertThat(acquired.failures()).isEqualTo(failures.getOrDefault(place, 0));
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
            ManualExecutor.drain(executors());
            takeNote();
            // The last one is in before the others leave: the ledgers live on, and must give it all that was held.
            Worker last = new Worker(groups, "g", topic, StartAt.EARLIEST);
            List<Worker> leaving = List.copyOf(workers);
            workers.add(last);
            ManualExecutor.drain(executors());
            leaving.forEach(this::leave);
            ManualExecutor.drain(executors());
            last.consumer().credit(Integer.MAX_VALUE);
            ManualExecutor.drain(executors());
            while (!last.held.isEmpty()) {
                takeNote();
                List<Acquired> taken = last.takeAll();
                taken.forEach(acquired -> {
                    holders.remove(place(acquired));
                    assertThat(done.add(place(acquired))).as("seed %d", seed).isTrue();
                });
                last.consumer().settle(taken, Outcome.ACCEPT);
                ManualExecutor.drain(executors());
            }
            assertThat(done).as("seed %d", seed).hasSize((int) (ends[0] + ends[1]));
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
