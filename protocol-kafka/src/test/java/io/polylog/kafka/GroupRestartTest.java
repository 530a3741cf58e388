package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.disk.Disk;
import io.polylog.testkit.FreePorts;
import io.polylog.testkit.TestGateway;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock consumers whose gateway is started again beneath them, or that come back to it with another process of theirs. */
@Execution(ExecutionMode.CONCURRENT)
class GroupRestartTest {

    private static final NanoClock CLOCK = NanoClock.system();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = 4;

    /** The default forgets all topics when no broker answers, and a classic leader then asks for a new generation. */
    private static final Map<String, String> REMEMBERING = Map.of("metadata.recovery.strategy", "none");

    @TempDir
    Path directory;

    /** Added to the monotonic clock: session time-outs pass without waiting. */
    private final AtomicLong aheadNanos = new AtomicLong();

    private final List<Consumer<String, String>> consumers = new ArrayList<>();

    private TestGateway gateway;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        gateway = open(Integer.toString(FreePorts.next()));
        admin = Admin.create(properties(Map.of()));
        admin.createTopics(List.of(new NewTopic("t", PARTITIONS, (short) 1)))
                .all()
                .get();
    }

    @AfterEach
    void stop() throws Exception {
        consumers.forEach(consumer -> consumer.close(CloseOptions.timeout(Duration.ofSeconds(5))));
        admin.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void membersThatLiveOnStayMembersAndReadEachRecordOnce(String protocol) throws Exception {
        Consumer<String, String> one = subscribed(protocol, REMEMBERING);
        Consumer<String, String> two = subscribed(protocol, REMEMBERING);
        awaitShared(one, two);
        produce(0, 200);
        List<String> read = readAll(200, one, two);
        one.commitSync();
        two.commitSync();
        Set<TopicPartition> ofOne = Set.copyOf(one.assignment());
        Set<String> members = Set.of(memberId(one), memberId(two));
        int generation = one.groupMetadata().generationId();

        restart();
        produce(200, 400);
        read.addAll(readAll(200, one, two));

        assertThat(read).hasSize(400).doesNotHaveDuplicates();
        assertThat(one.assignment()).isEqualTo(ofOne);
        assertThat(Set.of(memberId(one), memberId(two))).isEqualTo(members);
        assertThat(one.groupMetadata().generationId()).isEqualTo(generation);
        one.commitSync();
        two.commitSync();
        assertThat(committed()).isEqualTo(ends());
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void generationsGoOnAndNewMembersShareWithTheOldOnes(String protocol) throws Exception {
        Consumer<String, String> one = subscribed(protocol, Map.of());
        await().atMost(PATIENCE).until(() -> assigned(one) == PARTITIONS);
        int before = one.groupMetadata().generationId();

        restart();
        Consumer<String, String> two = subscribed(protocol, Map.of());
        awaitShared(one, two);

        assertThat(one.groupMetadata().generationId()).isGreaterThan(before);
        assertThat(describe().members()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void membersThatDiedWithTheGatewayExpireAndTheirPartitionsAreTakenOver(String protocol) throws Exception {
        Consumer<String, String> dead = subscribed(protocol, Map.of());
        await().atMost(PATIENCE).until(() -> assigned(dead) == PARTITIONS);
        produce(0, 40);
        readAll(40, dead);
        dead.commitSync();

        restartWithout(dead);
        assertThat(describe().members()).hasSize(1);
        Consumer<String, String> heir = subscribed(protocol, Map.of());
        produce(40, 80);
        aheadNanos.addAndGet(Duration.ofSeconds(46).toNanos());
        nudge();

        Set<String> expected = new HashSet<>();
        IntStream.range(40, 80).forEach(i -> expected.add("v" + i));
        assertThat(readAll(40, heir)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(describe().members()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aGroupWhoseMembersAllExpireBecomesEmptyAndKeepsItsOffsets(String protocol) throws Exception {
        Consumer<String, String> dead = subscribed(protocol, Map.of());
        await().atMost(PATIENCE).until(() -> assigned(dead) == PARTITIONS);
        produce(0, 40);
        readAll(40, dead);
        dead.commitSync();

        restartWithout(dead);
        assertThat(describe().groupState()).isNotEqualTo(GroupState.EMPTY);
        aheadNanos.addAndGet(Duration.ofSeconds(46).toNanos());
        nudge();

        await().atMost(PATIENCE).until(() -> describe().groupState() == GroupState.EMPTY);
        restart();
        assertThat(describe().groupState()).isEqualTo(GroupState.EMPTY);
        assertThat(committed()).isEqualTo(ends());
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void staticMembersComeBackToTheirOwnPartitions(String protocol) throws Exception {
        Consumer<String, String> one = subscribed(protocol, remembering("one"));
        Consumer<String, String> two = subscribed(protocol, remembering("two"));
        awaitShared(one, two);
        Set<TopicPartition> ofOne = Set.copyOf(one.assignment());
        Set<TopicPartition> ofTwo = Set.copyOf(two.assignment());
        int generation = one.groupMetadata().generationId();

        // Static members end without giving their place up.
        one.close();
        consumers.remove(one);
        restart();
        Consumer<String, String> oneAgain = subscribed(protocol, remembering("one"));
        awaitShared(oneAgain, two);

        assertThat(oneAgain.assignment()).isEqualTo(ofOne);
        assertThat(two.assignment()).isEqualTo(ofTwo);
        assertThat(oneAgain.groupMetadata().generationId()).isEqualTo(generation);
        assertThat(describe().members()).hasSize(2);
    }

    @Test
    void aStaticClassicMemberThatDiedWithTheGatewayTakesItsPlaceAgainAtOnce() throws Exception {
        Consumer<String, String> dead = subscribed("classic", Map.of("group.instance.id", "one"));
        await().atMost(PATIENCE).until(() -> assigned(dead) == PARTITIONS);
        int generation = dead.groupMetadata().generationId();

        restartWithout(dead);
        Consumer<String, String> again = subscribed("classic", Map.of("group.instance.id", "one"));
        await().atMost(PATIENCE).until(() -> assigned(again) == PARTITIONS);

        assertThat(again.groupMetadata().generationId()).isEqualTo(generation);
        assertThat(describe().members()).hasSize(1);
    }

    private static Map<String, String> remembering(String instance) {
        Map<String, String> settings = new HashMap<>(REMEMBERING);
        settings.put("group.instance.id", instance);
        return settings;
    }

    /** The state of a group is looked after by its requests and by one timer, which has to be told that time has passed. */
    private void nudge() throws Exception {
        admin.alterConsumerGroupOffsets("other", Map.of(new TopicPartition("t", 0), new OffsetAndMetadata(0)))
                .all()
                .get();
    }

    private void restart() throws Exception {
        String port = Integer.toString(gateway.port("kafka"));
        gateway.close();
        assertThat(gateway.failure()).isNull();
        gateway = open(port);
    }

    /** As if the consumer's process had been killed together with the gateway. */
    private void restartWithout(Consumer<String, String> dead) throws Exception {
        String port = Integer.toString(gateway.port("kafka"));
        gateway.close();
        dead.close(CloseOptions.timeout(Duration.ZERO)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
        consumers.remove(dead);
        gateway = open(port);
    }

    private TestGateway open(String port) throws Exception {
        return TestGateway.start(
                directory,
                Map.of("kafka.port", port),
                Disk.system(),
                EpochClock.system(),
                () -> CLOCK.nanoTime() + aheadNanos.get(),
                new KafkaAdapterFactory());
    }

    private static int assigned(Consumer<String, String> consumer) {
        consumer.poll(Duration.ofMillis(50));
        return consumer.assignment().size();
    }

    private static void awaitShared(Consumer<String, String> one, Consumer<String, String> two) {
        await().atMost(PATIENCE)
                .until(() -> assigned(one) + assigned(two) == PARTITIONS
                        && one.assignment().size() == PARTITIONS / 2
                        && one.groupMetadata().generationId()
                                == two.groupMetadata().generationId());
    }

    @SafeVarargs
    private static List<String> readAll(int count, Consumer<String, String>... consumers) {
        List<String> values = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> {
            for (Consumer<String, String> consumer : consumers) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                }
            }
            return values.size() >= count;
        });
        return values;
    }

    private void produce(int from, int to) {
        try (Producer<String, String> producer =
                new KafkaProducer<>(properties(Map.of()), new StringSerializer(), new StringSerializer())) {
            for (int i = from; i < to; i++) {
                producer.send(new ProducerRecord<>("t", "k" + i, "v" + i));
            }
        }
    }

    private static String memberId(Consumer<String, String> consumer) {
        return consumer.groupMetadata().memberId();
    }

    private ConsumerGroupDescription describe() throws Exception {
        return admin.describeConsumerGroups(List.of("g")).all().get().get("g");
    }

    private Map<TopicPartition, Long> committed() throws Exception {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        admin.listConsumerGroupOffsets("g")
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, offset) -> offsets.put(partition, offset.offset()));
        return offsets;
    }

    private Map<TopicPartition, Long> ends() {
        try (Consumer<String, String> reader =
                new KafkaConsumer<>(properties(Map.of()), new StringDeserializer(), new StringDeserializer())) {
            return reader.endOffsets(IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition("t", partition))
                    .toList());
        }
    }

    private Consumer<String, String> subscribed(String protocol, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("group.id", "g");
        settings.put("group.protocol", protocol);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        Consumer<String, String> consumer =
                new KafkaConsumer<>(properties(settings), new StringDeserializer(), new StringDeserializer());
        consumers.add(consumer);
        consumer.subscribe(List.of("t"));
        return consumer;
    }

    private Properties properties(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", "127.0.0.1:" + gateway.port("kafka"));
        properties.putAll(settings);
        return properties;
    }
}
