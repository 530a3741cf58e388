package io.polylog.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.polylog.disk.Disk;
import io.polylog.dispatch.Cursor;
import io.polylog.record.StoredRecord;
import io.polylog.testkit.FreePorts;
import io.polylog.testkit.TestGateway;
import io.polylog.testkit.VirtualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock producers with a transactional id, by both protocols of transactions, and stock consumers of what is committed. */
@Execution(ExecutionMode.CONCURRENT)
class TransactionTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PARTITIONS = 3;
    private static final String GROUP = "readers";

    @TempDir
    Path directory;

    private final VirtualClock clock = new VirtualClock(1_800_000_000_000L);
    private final List<Producer<String, String>> producers = new ArrayList<>();
    private TestGateway gateway;
    private Admin admin;
    private final String port = Integer.toString(FreePorts.next());
    private int level;

    private void start(int transactionVersion) throws Exception {
        level = transactionVersion;
        open();
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap()));
        admin.createTopics(List.of(new NewTopic("t", PARTITIONS, (short) 1), new NewTopic("in", 1, (short) 1)))
                .all()
                .get();
    }

    private void open() throws Exception {
        gateway = TestGateway.start(
                directory,
                Map.of("kafka.port", port, "kafka.transaction-version", Integer.toString(level)),
                Disk.system(),
                clock,
                new KafkaAdapterFactory());
    }

    private void restart() throws Exception {
        gateway.close();
        assertThat(gateway.failure()).isNull();
        open();
    }

    @AfterEach
    void stop() throws Exception {
        producers.forEach(producer -> producer.close(Duration.ZERO));
        admin.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void committedShowTogetherAndAbortedNever(int version) throws Exception {
        start(version);
        Producer<String, String> producer = producer("a");
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 6; round++) {
            producer.beginTransaction();
            for (int i = 0; i < 20; i++) {
                producer.send(new ProducerRecord<>("t", i % PARTITIONS, null, round + "-" + i));
                if (round % 2 == 0) {
                    expected.add(round + "-" + i);
                }
            }
            if (round % 2 == 0) {
                producer.commitTransaction();
            } else {
                producer.flush();
                producer.abortTransaction();
            }
        }
        assertThat(read("read_committed", expected.size())).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(read("read_uncommitted", 120)).hasSize(120);
    }

    @ParameterizedTest
    @ValueSource(ints = 2)
    void openTransactionHoldsCommittedReadersBack(int version) throws Exception {
        start(version);
        Producer<String, String> open = producer("open");
        open.beginTransaction();
        open.send(new ProducerRecord<>("t", 0, null, "first")).get();
        Producer<String, String> other = producer("other");
        other.beginTransaction();
        other.send(new ProducerRecord<>("t", 0, null, "second")).get();
        other.commitTransaction();
        TopicPartition partition = new TopicPartition("t", 0);
        try (Consumer<String, String> committed = consumer("read_committed");
                Consumer<String, String> all = consumer("read_uncommitted")) {
            assertThat(committed.endOffsets(List.of(partition))).containsEntry(partition, 0L);
            committed.assign(List.of(partition));
            committed.seekToBeginning(List.of(partition));
            assertThat(committed.poll(Duration.ofMillis(200))).isEmpty();
            await().atMost(PATIENCE)
                    .until(() -> all.endOffsets(List.of(partition)).get(partition) == 3L);
            open.commitTransaction();
            List<String> values = new ArrayList<>();
            await().atMost(PATIENCE).until(() -> {
                committed.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
                return values.size() == 2;
            });
            assertThat(values).containsExactly("first", "second");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = 2)
    void laterClientFencesTheEarlierAndAbortsWhatItLeft(int version) throws Exception {
        start(version);
        Producer<String, String> zombie = producer("a");
        zombie.beginTransaction();
        zombie.send(new ProducerRecord<>("t", 0, null, "left")).get();
        Producer<String, String> heir = producer("a");
        heir.beginTransaction();
        heir.send(new ProducerRecord<>("t", 0, null, "kept"));
        heir.commitTransaction();
        assertThatThrownBy(() -> {
                    zombie.send(new ProducerRecord<>("t", 0, null, "late")).get();
                    zombie.commitTransaction();
                })
                .satisfies(failure -> assertThat(
                                List.of(failure, failure.getCause() == null ? failure : failure.getCause()))
                        .anyMatch(one -> one instanceof ProducerFencedException
                                || one instanceof InvalidProducerEpochException));
        assertThat(read("read_committed", 1)).containsExactly("kept");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void transactionThatStaysOpenTooLongIsAborted(int version) throws Exception {
        start(version);
        Producer<String, String> slow = producer("slow", Map.of("transaction.timeout.ms", 60_000));
        slow.beginTransaction();
        slow.send(new ProducerRecord<>("t", 0, null, "slow")).get();
        clock.advance("59s");
        assertThat(phase("slow")).isEqualTo(TransactionState.ONGOING);
        clock.advance("2s");
        await().atMost(PATIENCE).until(() -> phase("slow") == TransactionState.COMPLETE_ABORT);
        assertThatThrownBy(slow::commitTransaction).isInstanceOf(KafkaException.class);
        Producer<String, String> next = producer("slow");
        next.beginTransaction();
        next.send(new ProducerRecord<>("t", 0, null, "next"));
        next.commitTransaction();
        assertThat(read("read_committed", 1)).containsExactly("next");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void offsetsCountWithTheTransactionThatCarriesThem(int version) throws Exception {
        start(version);
        TopicPartition partition = new TopicPartition("in", 0);
        Producer<String, String> producer = producer("a");
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("t", 0, null, "aborted"));
        producer.sendOffsetsToTransaction(
                Map.of(partition, new OffsetAndMetadata(5)), new ConsumerGroupMetadata(GROUP));
        producer.abortTransaction();
        assertThat(committed()).doesNotContainKey(partition);
        producer.beginTransaction();
        producer.sendOffsetsToTransaction(
                Map.of(partition, new OffsetAndMetadata(7)), new ConsumerGroupMetadata(GROUP));
        assertThat(committedUnstable()).doesNotContainKey(partition);
        producer.commitTransaction();
        await().atMost(PATIENCE).until(() -> committed().containsKey(partition));
        assertThat(committed().get(partition).offset()).isEqualTo(7);
        restart();
        assertThat(committed().get(partition).offset()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void everyPhaseOutlivesTheGateway(int version) throws Exception {
        start(version);
        TopicPartition partition = new TopicPartition("in", 0);
        Producer<String, String> producer = producer("a");
        restart(); // after the claim
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("t", 0, null, "one")).get();
        restart(); // with the transaction open
        producer.send(new ProducerRecord<>("t", 1, null, "two")).get();
        producer.sendOffsetsToTransaction(
                Map.of(partition, new OffsetAndMetadata(3)), new ConsumerGroupMetadata(GROUP));
        restart(); // with offsets that do not count yet
        assertThat(committedUnstable()).doesNotContainKey(partition);
        producer.commitTransaction();
        restart(); // perhaps between the decision and its markers
        await().atMost(PATIENCE).until(() -> phase("a") == TransactionState.COMPLETE_COMMIT);
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("t", 2, null, "three"));
        producer.commitTransaction();
        assertThat(read("read_committed", 3)).containsExactlyInAnyOrder("one", "two", "three");
        assertThat(committed().get(partition).offset()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = 2)
    void openTransactionOfALostClientIsEndedByHand(int version) throws Exception {
        start(version);
        Producer<String, String> lost = producer("a");
        lost.beginTransaction();
        lost.send(new ProducerRecord<>("t", 0, null, "lost")).get();
        admin.fenceProducers(List.of("a")).all().get();
        await().atMost(PATIENCE).until(() -> phase("a") == TransactionState.EMPTY);
        assertThat(admin.listTransactions().all().get()).hasSize(1);
        assertThat(admin.describeProducers(List.of(new TopicPartition("t", 0)))
                        .all()
                        .get()
                        .get(new TopicPartition("t", 0))
                        .activeProducers())
                .singleElement()
                .satisfies(active -> {
                    assertThat(active.currentTransactionStartOffset()).isEmpty();
                    assertThat(active.producerEpoch()).isEqualTo(1);
                });
        assertThat(read("read_uncommitted", 1)).containsExactly("lost");
    }

    @ParameterizedTest
    @ValueSource(ints = 2)
    void otherDoorsReadWhatIsCommittedOnly(int version) throws Exception {
        start(version);
        var partition = gateway.context().topics().find("t").orElseThrow().partition(0);
        List<String> seen = new CopyOnWriteArrayList<>();
        AtomicReference<Cursor> cursor = new AtomicReference<>();
        ExecutorService loop = Executors.newSingleThreadExecutor();
        Runnable drain = () -> {
            List<StoredRecord> polled = cursor.get().poll(100);
            while (!polled.isEmpty()) {
                polled.forEach(stored -> seen.add(new String(stored.record().value(), UTF_8)));
                polled = cursor.get().poll(100);
            }
        };
        loop.execute(() -> cursor.set(gateway.context().dispatcher().open(partition, 0, loop, drain)));
        loop.execute(drain);
        Producer<String, String> producer = producer("a");
        for (String end : List.of("abort", "commit", "abort", "commit")) {
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("t", 0, null, end + " 1"));
            producer.send(new ProducerRecord<>("t", 0, null, end + " 2")).get();
            if (end.equals("commit")) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
        await().atMost(PATIENCE).until(() -> seen.size() >= 4);
        assertThat(seen).containsExactly("commit 1", "commit 2", "commit 1", "commit 2");
        loop.submit(() -> cursor.get().close()).get();
        loop.shutdown();
    }

    private TransactionState phase(String id) throws Exception {
        return admin.describeTransactions(List.of(id)).all().get().get(id).state();
    }

    private Map<TopicPartition, OffsetAndMetadata> committed() throws Exception {
        return admin.listConsumerGroupOffsets(
                        GROUP, new org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions().requireStable(true))
                .partitionsToOffsetAndMetadata()
                .get();
    }

    private Map<TopicPartition, OffsetAndMetadata> committedUnstable() throws Exception {
        return admin.listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
    }

    private Producer<String, String> producer(String id) {
        return producer(id, Map.of());
    }

    private Producer<String, String> producer(String id, Map<String, Object> settings) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap());
        properties.put("transactional.id", id);
        properties.putAll(settings);
        Producer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
        producers.add(producer);
        producer.initTransactions();
        return producer;
    }

    private Consumer<String, String> consumer(String isolation) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap());
        properties.put("isolation.level", isolation);
        properties.put("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
    }

    /** Everything that is there, once it is at least so much and nothing more comes. */
    private List<String> read(String isolation, int count) {
        List<String> values = new ArrayList<>();
        try (Consumer<String, String> consumer = consumer(isolation)) {
            List<TopicPartition> partitions =
                    List.of(new TopicPartition("t", 0), new TopicPartition("t", 1), new TopicPartition("t", 2));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            await().atMost(PATIENCE).until(() -> {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                }
                Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
                return values.size() >= count
                        && partitions.stream().allMatch(one -> consumer.position(one) >= ends.get(one));
            });
        }
        return values;
    }

    private String bootstrap() {
        return "127.0.0.1:" + gateway.port("kafka");
    }
}
