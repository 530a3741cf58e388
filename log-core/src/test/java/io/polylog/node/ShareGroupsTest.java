package io.polylog.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.config.Settings;
import io.polylog.metric.Meters;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.share.Acquired;
import io.polylog.share.Outcome;
import io.polylog.share.ShareConsumer;
import io.polylog.share.ShareGroups.StartAt;
import io.polylog.share.ShareListener;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.Readiness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Share groups on a real log with its real threads. */
class ShareGroupsTest {

    private static final String GROUP = "queue:orders";

    @TempDir
    private Path directory;

    private final ExecutorService owner = Executors.newSingleThreadExecutor();
    private LogNode node;

    @BeforeEach
    void open() throws IOException {
        Settings settings = Settings.of(Map.of("data-dir", directory.toString()));
        node = LogNode.open(settings, Environment.system(Meters.none()), (what, cause) -> {
            throw new AssertionError(what, cause);
        });
    }

    @AfterEach
    void close() throws IOException {
        node.close();
        owner.shutdownNow();
    }

    private AdapterContext ports() {
        return node.context(new Readiness());
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private Topic publish(int partitions, int records) {
        return publish(partitions, records, Map.of());
    }

    private Topic publish(int partitions, int records, Map<String, String> config) {
        Topic topic = get(ports().topics().create(new TopicSpec("orders", partitions, config)));
        List<CompletionStage<?>> published = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            Record record = new Record(null, Integer.toString(i).getBytes(UTF_8), 0, Headers.EMPTY);
            published.add(ports().publisher().publish(topic.partition(i % partitions), record));
        }
        published.forEach(ShareGroupsTest::get);
        return topic;
    }

    private ShareConsumer join(Topic topic, ShareListener listener) {
        return get(ports().shareGroups().join(GROUP, topic, StartAt.EARLIEST, owner, listener));
    }

    private static String value(Acquired acquired) {
        return new String(java.util.Objects.requireNonNull(acquired.record().value()), UTF_8);
    }

    /** Keeps what it is given. */
    private static final class Basket implements ShareListener {
        private final Queue<Acquired> records = new ConcurrentLinkedQueue<>();
        private final CompletableFuture<String> ended = new CompletableFuture<>();

        @Override
        public void acquired(List<Acquired> acquired) {
            records.addAll(acquired);
        }

        @Override
        public void ended(String reason) {
            ended.complete(reason);
        }
    }

    @Test
    void acceptedRecordsStayAwayAcrossARestart() throws IOException {
        Topic topic = publish(3, 300);
        Basket first = new Basket();
        ShareConsumer consumer = join(topic, first);
        get(consumer.credit(300));
        await().until(() -> first.records.size() == 300);
        List<Acquired> odd = first.records.stream()
                .filter(acquired -> Integer.parseInt(value(acquired)) % 2 == 1)
                .toList();
        get(consumer.settle(odd, Outcome.ACCEPT));
        Acquired failed = first.records.stream()
                .filter(acquired -> value(acquired).equals("42"))
                .findFirst()
                .orElseThrow();
        get(consumer.settle(List.of(failed), Outcome.FAIL));

        node.close();
        open();

        Basket second = new Basket();
        ShareConsumer after = join(topic, second);
        get(after.credit(1000));
        await().until(() -> second.records.size() >= 150);
        assertThat(second.records).hasSize(150).allSatisfy(acquired -> {
            assertThat(Integer.parseInt(value(acquired)) % 2).isZero();
            assertThat(acquired.failures()).isEqualTo(value(acquired).equals("42") ? 1 : 0);
        });
    }

    @Test
    void competingConsumersSettleEachRecordOnce() {
        int records = 20_000;
        Topic topic = publish(2, records);
        Set<String> accepted = ConcurrentHashMap.newKeySet();
        List<String> faults = new java.util.concurrent.CopyOnWriteArrayList<>();
        List<CompletableFuture<ShareConsumer>> consumers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            CompletableFuture<ShareConsumer> self = new CompletableFuture<>();
            ShareConsumer consumer = join(topic, new ShareListener() {
                @Override
                public void acquired(List<Acquired> acquired) {
                    self.thenAccept(me -> {
                        for (Acquired one : acquired) {
                            boolean giveBack = one.acquisitions() == 0 && one.offset() % 97 == 0;
                            me.settle(List.of(one), giveBack ? Outcome.RELEASE : Outcome.ACCEPT)
                                    .whenComplete((nothing, failure) -> {
                                        if (failure != null) {
                                            faults.add(failure.toString());
                                        } else if (!giveBack && !accepted.add(value(one))) {
                                            faults.add("twice: " + value(one));
                                        }
                                    });
                        }
                        me.credit(50);
                    });
                }

                @Override
                public void ended(String reason) {
                    faults.add(reason);
                }
            });
            self.complete(consumer);
            consumers.add(self);
        }
        consumers.forEach(consumer -> consumer.join().credit(50));
        await().atMost(60, TimeUnit.SECONDS).until(() -> accepted.size() == records || !faults.isEmpty());
        assertThat(faults).isEmpty();
    }

    private long logStart(Topic topic) {
        return ports().fetcher().offsets(topic.partition(0)).logStart();
    }

    /** Accepts whatever comes. */
    private void acceptAll(Topic topic, int records) {
        Queue<Acquired> accepted = new ConcurrentLinkedQueue<>();
        CompletableFuture<ShareConsumer> self = new CompletableFuture<>();
        ShareConsumer consumer = join(topic, new ShareListener() {
            @Override
            public void acquired(List<Acquired> acquired) {
                self.thenAccept(me -> me.settle(acquired, Outcome.ACCEPT).thenRun(() -> {
                    accepted.addAll(acquired);
                    me.credit(500);
                }));
            }

            @Override
            public void ended(String reason) {}
        });
        self.complete(consumer);
        consumer.credit(500);
        await().atMost(60, TimeUnit.SECONDS).until(() -> accepted.size() == records);
    }

    @Test
    void logOfADeclaredQueueFollowsItsLedger() throws IOException {
        Topic topic = publish(1, 25_000, Map.of("polylog.retention", "queue"));
        acceptAll(topic, 25_000);
        await().atMost(60, TimeUnit.SECONDS).until(() -> logStart(topic) >= 10_000);
        long before = logStart(topic);
        node.close();
        open();
        assertThat(logStart(topic)).isEqualTo(before);
        Basket basket = new Basket();
        get(join(topic, basket).credit(10));
        assertThat(basket.records).isEmpty();
    }

    @Test
    void logOfADeclaredQueueWaitsForItsSlowestLedger() {
        Topic topic = publish(1, 12_000, Map.of("polylog.retention", "queue"));
        Basket slow = new Basket();
        ShareConsumer holding = get(ports().shareGroups().join("audit", topic, StartAt.EARLIEST, owner, slow));
        get(holding.credit(100));
        await().until(() -> slow.records.size() == 100);
        get(holding.settle(new ArrayList<>(slow.records).subList(0, 60), Outcome.ACCEPT));
        acceptAll(topic, 12_000);
        await().atMost(60, TimeUnit.SECONDS).until(() -> logStart(topic) == 60);
    }

    @Test
    void logOfAnotherTopicIsLeftAlone() {
        Topic topic = publish(1, 12_000);
        acceptAll(topic, 12_000);
        get(ports().publisher().publish(topic, new Record(null, new byte[1], 0, Headers.EMPTY)));
        assertThat(logStart(topic)).isZero();
    }

    @Test
    void deletingTheTopicEndsItsMembers() {
        Topic topic = publish(2, 10);
        Basket basket = new Basket();
        get(join(topic, basket).credit(100));
        get(ports().topics().delete("orders"));
        assertThat(get(basket.ended)).contains("orders");
        Topic again = get(ports().topics().create(new TopicSpec("orders", 2, Map.of())));
        Basket fresh = new Basket();
        get(join(again, fresh).credit(100));
        assertThat(fresh.records).isEmpty();
    }
}
