package io.polylog.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.LogRead;
import io.polylog.broker.Publisher.Published;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.config.Settings;
import io.polylog.metric.Meters;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.Readiness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogNodeTest {

    @TempDir
    Path directory;

    private LogNode node;

    @BeforeEach
    void open() throws IOException {
        node = open(Map.of());
    }

    @AfterEach
    void close() throws IOException {
        node.close();
    }

    @Test
    void readsBackWhatWasPublished() {
        Topic topic = get(ports().topics().create(new TopicSpec("orders", 2, Map.of())));
        Published published = get(ports().publisher().publish(topic, record("k", "hello")));
        assertThat(published.offset()).isZero();
        assertThat(values(published.partition())).containsExactly("hello");
    }

    @Test
    void coalescesConcurrentPublishesInOrder() {
        Topic topic = get(ports().topics().create(TopicSpec.named("orders")));
        List<CompletionStage<Published>> pending = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            pending.add(ports().publisher().publish(topic, record("k", "v" + i)));
        }
        for (int i = 0; i < pending.size(); i++) {
            assertThat(get(pending.get(i)).offset()).isEqualTo(i);
        }
        List<String> values = values(topic.partition(0));
        assertThat(values).hasSize(10_000);
        assertThat(values.get(9_999)).isEqualTo("v9999");
    }

    @Test
    void keepsTopicsRecordsAndProducerIdsAcrossARestart() throws IOException {
        Topic topic = get(ports().topics().create(new TopicSpec("orders", 3, Map.of("retention.ms", "1000"))));
        for (int i = 0; i < 100; i++) {
            get(ports().publisher().publish(topic.partition(i % 3), record("k", "v" + i)));
        }
        long producerId = get(ports().producerIds().next());

        node.close();
        node = open(Map.of());

        assertThat(ports().topics().find("orders")).contains(topic);
        assertThat(values(topic.partition(1))).hasSize(33).startsWith("v1", "v4");
        assertThat(get(ports().producerIds().next())).isGreaterThan(producerId);
    }

    @Test
    void repeatsTheOffsetOfARepeatedBatchAcrossARestart() throws IOException {
        Topic topic = get(ports().topics().create(TopicSpec.named("orders")));
        RecordBatch first = idempotent(0);
        ByteBuffer copy =
                ByteBuffer.allocate(first.sizeInBytes()).put(first.buffer()).flip();
        get(ports().appender().append(topic.partition(0), first));
        get(ports().appender().append(topic.partition(0), idempotent(1)));

        node.close();
        node = open(Map.of());

        assertThat(get(ports().appender().append(topic.partition(0), new RecordBatch(copy)))
                        .baseOffset())
                .isZero();
        assertThat(ports().fetcher().offsets(topic.partition(0)).highWatermark())
                .isEqualTo(2);
    }

    @Test
    void refusesWhatIsNotThere() {
        Topic topic = get(ports().topics().create(TopicSpec.named("orders")));
        get(ports().topics().delete("orders"));
        assertRefused(ports().publisher().publish(topic, record("k", "v")), Refusal.UNKNOWN_TOPIC);
        assertRefused(ports().topics().delete("orders"), Refusal.UNKNOWN_TOPIC);
        assertRefused(ports().fetcher().read(topic.partition(0), 0, 100, true), Refusal.UNKNOWN_TOPIC);
    }

    @Test
    void refusesBadTopics() {
        get(ports().topics().create(TopicSpec.named("orders")));
        assertRefused(ports().topics().create(TopicSpec.named("orders")), Refusal.TOPIC_EXISTS);
        assertRefused(ports().topics().create(TopicSpec.named("a/b")), Refusal.INVALID_TOPIC_NAME);
        assertRefused(ports().topics().create(TopicSpec.named("..")), Refusal.INVALID_TOPIC_NAME);
        assertRefused(ports().topics().create(TopicSpec.named("__mine")), Refusal.INTERNAL_TOPIC);
        assertRefused(ports().topics().create(new TopicSpec("x", 0, Map.of())), Refusal.INVALID_PARTITION_COUNT);
        assertRefused(ports().topics().create(new TopicSpec("x", 1, Map.of("no.such", "1"))), Refusal.INVALID_CONFIG);
    }

    @Test
    void createsATopicOnceForManyWhoEnsureIt() {
        List<CompletionStage<Topic>> ensured = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            ensured.add(ports().topics().ensure("orders"));
        }
        Topic topic = get(ensured.get(0));
        assertThat(ensured).allSatisfy(stage -> assertThat(get(stage)).isEqualTo(topic));
    }

    @Test
    void doesNotCreateWhenAutomaticCreationIsOff() throws IOException {
        node.close();
        node = open(Map.of("auto-create-topics", "false"));
        assertRefused(ports().topics().ensure("orders"), Refusal.UNKNOWN_TOPIC);
    }

    @Test
    void growsATopic() throws IOException {
        get(ports().topics().create(TopicSpec.named("orders")));
        Topic grown = get(ports().topics().grow("orders", 3));
        get(ports().publisher().publish(grown.partition(2), record("k", "v")));
        assertRefused(ports().topics().grow("orders", 2), Refusal.INVALID_PARTITION_COUNT);

        node.close();
        node = open(Map.of());
        assertThat(ports().topics().find("orders")).contains(grown);
        assertThat(values(grown.partition(2))).containsExactly("v");
    }

    @Test
    void tellsWatchersOfGrowth() {
        Topic topic = get(ports().topics().create(TopicSpec.named("orders")));
        CompletableFuture<Long> seen = new CompletableFuture<>();
        ports().fetcher()
                .watch(
                        topic.partition(0),
                        () -> seen.complete(
                                ports().fetcher().offsets(topic.partition(0)).highWatermark()));
        get(ports().publisher().publish(topic, record("k", "v")));
        assertThat(get(seen)).isEqualTo(1);
    }

    @Test
    void refusesADirectoryInUse() {
        assertThatThrownBy(() -> open(Map.of()))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("in use by another gateway");
    }

    private AdapterContext ports() {
        return node.context(new Readiness());
    }

    private LogNode open(Map<String, String> settings) throws IOException {
        Map<String, String> all = new java.util.HashMap<>(settings);
        all.put("data-dir", directory.toString());
        return LogNode.open(Settings.of(all), Environment.system(Meters.none()), (what, cause) -> {
            throw new AssertionError(what, cause);
        });
    }

    private List<String> values(TopicPartition partition) {
        List<String> values = new ArrayList<>();
        long offset = 0;
        while (offset < ports().fetcher().offsets(partition).highWatermark()) {
            try (LogRead read = get(ports().fetcher().read(partition, offset, 1 << 20, true))) {
                ByteBuffer bytes = read.slice().toBuffer();
                while (bytes.hasRemaining()) {
                    int size = RecordBatch.sizeAt(bytes, bytes.position());
                    RecordBatch batch = new RecordBatch(bytes.slice(bytes.position(), size));
                    bytes.position(bytes.position() + size);
                    for (StoredRecord stored : batch.decode()) {
                        values.add(new String(stored.record().value(), UTF_8));
                    }
                    offset = batch.lastOffset() + 1;
                }
            } catch (IOException failure) {
                throw new AssertionError(failure);
            }
        }
        return values;
    }

    private static RecordBatch idempotent(int sequence) {
        return new RecordBatch(org.apache.kafka.common.record.internal.MemoryRecords.withIdempotentRecords(
                        org.apache.kafka.common.compress.Compression.NONE,
                        7L,
                        (short) 0,
                        sequence,
                        new org.apache.kafka.common.record.internal.SimpleRecord("v".getBytes(UTF_8)))
                .buffer());
    }

    private static Record record(String key, String value) {
        return new Record(key.getBytes(UTF_8), value.getBytes(UTF_8), 1_000, Headers.EMPTY);
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static void assertRefused(CompletionStage<?> stage, Refusal refusal) {
        assertThatThrownBy(() -> get(stage))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(refusal));
    }
}
