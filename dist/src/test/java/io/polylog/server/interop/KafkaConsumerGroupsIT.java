package io.polylog.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.it.StartedGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kafka-consumer-groups} with everything it can do to offsets, members and groups, and what it is refused. */
final class KafkaConsumerGroupsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Instant FIRST_RECORD = Instant.parse("2025-01-01T00:00:00Z");
    private static final int RECORDS = 10;
    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final TopicPartition T1 = new TopicPartition("t", 1);
    private static final TopicPartition RECENT = new TopicPartition("recent", 0);

    @TempDir
    private static Path directory;

    private static StartedGateway gateway;
    private static Admin admin;

    /** Ten records in each partition: one for each second of an old hour in {@code t}, and all of now in {@code recent}. */
    @BeforeAll
    static void start() throws Exception {
        gateway = StartedGateway.start(directory, Map.of());
        admin = Admin.create(settings(Map.of()));
        admin.createTopics(List.of(new NewTopic("t", 2, (short) 1), new NewTopic("recent", 1, (short) 1)))
                .all()
                .get();
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings(Map.of()), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                long timestampMs = FIRST_RECORD.plusSeconds(i).toEpochMilli();
                producer.send(new ProducerRecord<>("t", 0, timestampMs, null, "value"));
                producer.send(new ProducerRecord<>("t", 1, timestampMs, null, "value"));
                producer.send(new ProducerRecord<>("recent", 0, null, "value"));
            }
        }
    }

    @AfterAll
    static void stop() {
        admin.close();
        gateway.close();
    }

    @Test
    void offsetsAreResetInEveryWay() throws Exception {
        commit("reset", Map.of(T0, 5L, T1, 6L));

        assertThat(reset("--topic", "t", "--to-earliest", "--dry-run"))
                .containsPattern("reset\\s+t\\s+0\\s+0")
                .containsPattern("reset\\s+t\\s+1\\s+0");
        assertThat(committed("reset")).containsOnly(Map.entry(T0, 5L), Map.entry(T1, 6L));
        reset("--topic", "t", "--to-earliest", "--execute");
        assertThat(committed("reset")).containsOnly(Map.entry(T0, 0L), Map.entry(T1, 0L));
        reset("--topic", "t:0,1", "--to-latest", "--execute");
        assertThat(committed("reset")).containsOnly(Map.entry(T0, 10L), Map.entry(T1, 10L));
        reset("--topic", "t:0", "--to-offset", "5", "--execute");
        assertThat(committed("reset")).containsOnly(Map.entry(T0, 5L), Map.entry(T1, 10L));
        reset("--topic", "t:0,1", "--shift-by", "-2", "--execute");
        assertThat(committed("reset")).containsOnly(Map.entry(T0, 3L), Map.entry(T1, 8L));
        reset("--all-topics", "--shift-by", "100", "--execute");
        assertThat(committed("reset")).containsOnly(Map.entry(T0, 10L), Map.entry(T1, 10L));
        reset("--topic", "t", "--to-datetime", "2025-01-01T00:00:04.000", "--execute");
        assertThat(committed("reset")).containsOnly(Map.entry(T0, 4L), Map.entry(T1, 4L));
        reset("--topic", "recent", "--by-duration", "PT1H", "--execute");
        assertThat(committed("reset")).containsEntry(RECENT, 0L);
        reset("--topic", "recent", "--by-duration", "PT0S", "--execute");
        assertThat(committed("reset")).containsEntry(RECENT, 10L);
        reset("--topic", "recent", "--to-offset", "1000", "--execute");
        assertThat(committed("reset")).containsEntry(RECENT, 10L);
    }

    @Test
    void offsetsAreExportedAndTakenFromAFile() throws Exception {
        commit("exported", Map.of(T0, 2L, T1, 3L));
        String exported = groups(
                "--reset-offsets", "--group", "exported", "--all-topics", "--to-current", "--export", "--dry-run");
        assertThat(exported.lines().map(line -> line.replace("\"", ""))).contains("t,0,2", "t,1,3");
        Path file = Files.writeString(directory.resolve("offsets.csv"), "t,0,7\nt,1,8\n");
        groups("--reset-offsets", "--group", "exported", "--from-file", file.toString(), "--execute");
        assertThat(committed("exported")).containsOnly(Map.entry(T0, 7L), Map.entry(T1, 8L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aGroupAtWorkIsDescribedAndLeftAlone(String protocol) throws Exception {
        String group = "working-" + protocol;
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                settings(Map.of(
                        "group.id", group,
                        "group.protocol", protocol,
                        "client.id", "reader",
                        "enable.auto.commit", "false",
                        "auto.offset.reset", "earliest")),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of("t"));
            Awaitility.await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(100));
                return consumer.assignment().size() == 2;
            });
            consumer.commitSync(Map.of(T0, new OffsetAndMetadata(4), T1, new OffsetAndMetadata(10)));

            assertThat(groups("--describe", "--group", group))
                    .containsPattern(group + "\\s+t\\s+0\\s+4\\s+10\\s+6\\s+\\S+\\s+/127.0.0.1\\s+reader")
                    .containsPattern(group + "\\s+t\\s+1\\s+10\\s+10\\s+0\\s+\\S+\\s+/127.0.0.1\\s+reader");
            assertThat(groups("--describe", "--group", group, "--members", "--verbose"))
                    .containsPattern(group + "\\s+\\S+\\s+/127.0.0.1\\s+reader\\s+2")
                    .contains("t:0,1");
            assertThat(groups("--describe", "--group", group, "--state", "--verbose"))
                    .contains(group, gateway.endpoint("kafka").toString(), "Stable");
            assertThat(groups("--list", "--state", "stable")).contains(group);
            assertThat(groups("--list", "--type", protocol)).contains(group);

            assertThat(tried("--reset-offsets", "--group", group, "--topic", "t", "--to-earliest", "--execute"))
                    .contains("Assignments can only be reset if the group '" + group + "' is inactive");
            assertThat(tried("--delete", "--group", group)).contains("could not be deleted", "not empty");
            assertThat(tried("--delete-offsets", "--group", group, "--topic", "t"))
                    .containsPattern("(?i)subscribed to");
            assertThat(committed(group)).containsEntry(T0, 4L);
        }
    }

    @Test
    void offsetsAndGroupsAreDeleted() throws Exception {
        commit("doomed", Map.of(T0, 2L, T1, 3L));
        assertThat(groups("--delete-offsets", "--group", "doomed", "--topic", "t:0"))
                .containsPattern("t\\s+0\\s+Successful");
        assertThat(committed("doomed")).containsOnly(Map.entry(T1, 3L));
        assertThat(groups("--delete", "--group", "doomed")).contains("was successful");
        assertThat(groups("--list")).doesNotContain("doomed");
    }

    @Test
    void unknownGroupsAndTopicsAreNamed() throws Exception {
        assertThat(tried("--describe", "--group", "nobody")).contains("Group nobody not found");
        assertThat(tried("--describe", "--group", "nobody", "--members")).contains("nobody");
        assertThat(tried("--describe", "--group", "nobody", "--state")).contains("nobody");
        assertThat(tried("--delete", "--group", "nobody")).contains("could not be deleted", "GroupIdNotFoundException");
        assertThat(tried("--delete-offsets", "--group", "nobody", "--topic", "t"))
                .contains("does not exist");
        commit("known", Map.of(T0, 2L));
        assertThat(tried("--delete-offsets", "--group", "known", "--topic", "t:7"))
                .contains("t", "7");
        assertThat(tried("--reset-offsets", "--group", "known", "--topic", "none", "--to-earliest", "--execute"))
                .containsPattern("(?i)unknown|does not|not exist");
        assertThat(committed("known")).containsOnly(Map.entry(T0, 2L));
    }

    private static String reset(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 3];
        all[0] = "--reset-offsets";
        all[1] = "--group";
        all[2] = "reset";
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return groups(all);
    }

    private static String groups(String... arguments) throws Exception {
        return tool().run(gateway.endpoint("kafka"), arguments);
    }

    private static String tried(String... arguments) throws Exception {
        return tool().tried(gateway.endpoint("kafka"), arguments);
    }

    private static KafkaTool tool() {
        return new KafkaTool("consumer.group.ConsumerGroupCommand", directory);
    }

    private static void commit(String group, Map<TopicPartition, Long> offsets) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>();
        offsets.forEach((partition, offset) -> all.put(partition, new OffsetAndMetadata(offset)));
        admin.alterConsumerGroupOffsets(group, all).all().get();
    }

    private static Map<TopicPartition, Long> committed(String group) throws Exception {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, offset) -> offsets.put(partition, offset.offset()));
        return offsets;
    }

    private static Map<String, Object> settings(Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(more);
        all.put("bootstrap.servers", gateway.endpoint("kafka").toString());
        return all;
    }
}
