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
import org.junit.jupiter.api.io.TempDir;

/** A topic of one partition and share groups on it, whose threads and time the test moves. */
abstract class ShareScene {

    static final String GROUP = "queue:orders";

    @TempDir
    Path directory;

    final ManualExecutor pool = new ManualExecutor();
    final ManualExecutor journal = new ManualExecutor();
    final ManualExecutor thread = new ManualExecutor();
    final FakeLog log = new FakeLog(pool);
    final FakeTopics topics = new FakeTopics();
    final KvBudget budget = new KvBudget();
    final Map<String, Long> counted = new HashMap<>();

    /** The same by the last tag's value. */
    final Map<String, Long> countedBy = new HashMap<>();

    final Meters meters = new Meters() {
        @Override
        public Counter counter(String name, String... tags) {
            return amount -> {
                counted.merge(name, amount, Long::sum);
                if (tags.length > 0) {
                    countedBy.merge(tags[tags.length - 1], amount, Long::sum);
                }
            };
        }

        @Override
        public Timer timer(String name, String... tags) {
            return nanos -> {};
        }

        @Override
        public void gauge(String name, DoubleSupplier value, String... tags) {}
    };
    final ManualScheduler scheduler = new ManualScheduler();
    final List<Worker> workers = new ArrayList<>();
    KeyValueStore store;
    Topic topic;
    TopicPartition partition;
    LedgerReplicaGroup home;
    SharePorts ports;
    ShareGroupSettings rules = ShareGroupSettings.DEFAULT;
    LedgerGroups groups;

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

    void startNode() {
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
                meters,
                new TopicMeters(meters, 10, id -> true),
                group -> rules,
                group -> CompletableFuture.completedStage(true));
        groups = new LedgerGroups(ports, new ShareLimits(20, 1 << 20, 8, 16));
    }

    @AfterEach
    void stop() {
        store.close();
        budget.close();
    }

    Worker worker() {
        return worker(StartAt.EARLIEST);
    }

    Worker worker(StartAt startAt) {
        Worker worker = new Worker(groups, GROUP, topic, startAt);
        workers.add(worker);
        drain();
        return worker;
    }

    Worker worker(int credit) {
        Worker worker = worker();
        worker.consumer().credit(credit);
        drain();
        return worker;
    }

    void drain() {
        List<ManualExecutor> all = new ArrayList<>(List.of(pool, journal, thread));
        workers.forEach(worker -> all.add(worker.owner));
        ManualExecutor.drain(all.toArray(ManualExecutor[]::new));
    }

    void appendMarker() {
        ByteBuffer marker = RecordBatch.encode(List.of(new Record(null, new byte[] {1}, 0, Headers.EMPTY)))
                .buffer();
        marker.put(22, (byte) 0x30); // attributes: transactional, control
        log.append(partition, new RecordBatch(marker));
    }

    void settle(Worker worker, Outcome outcome) {
        CompletionStage<Void> settled = worker.consumer().settle(worker.takeAll(), outcome);
        drain();
        assertThat(settled.toCompletableFuture()).isCompleted();
    }

    Refusal refusal(CompletionStage<?> stage) {
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

    void configure(String setting, String value) {
        Map<String, String> config = new HashMap<>(topic.config());
        config.put(setting, value);
        topic = new Topic(topic.id(), topic.name(), topic.partitionCount(), config);
        topics.change(topic);
    }

    List<String> deadLetters() {
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
}
