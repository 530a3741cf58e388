package io.polylog.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.polylog.time.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ShareGroupDescription;
import org.apache.kafka.clients.admin.ShareMemberDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Stock clients of one gateway for tests of share groups. */
final class ShareClients implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final NanoClock CLOCK = NanoClock.system();

    private final String bootstrap;
    private final Admin admin;
    private final Producer<String, String> producer;
    private final List<ShareConsumer<String, String>> consumers = new ArrayList<>();

    ShareClients(String bootstrap) {
        this.bootstrap = bootstrap;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer());
    }

    Admin admin() {
        return admin;
    }

    void createTopic(String name, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
                .all()
                .get();
    }

    /** A member that reads {@code t}. */
    ShareConsumer<String, String> consumer(String group, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(Map.of("bootstrap.servers", bootstrap, "group.id", group));
        all.putAll(settings);
        ShareConsumer<String, String> consumer =
                new KafkaShareConsumer<>(all, new StringDeserializer(), new StringDeserializer());
        consumers.add(consumer);
        consumer.subscribe(List.of("t"));
        return consumer;
    }

    /** Polls until the coordinator has given every member partitions, so that a group that starts at the end starts now. */
    @SafeVarargs
    final void awaitSeated(String group, ShareConsumer<String, String>... members) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            for (ShareConsumer<String, String> member : members) {
                member.poll(POLL);
            }
            ShareGroupDescription seen =
                    admin.describeShareGroups(List.of(group)).all().get().get(group);
            return seen.members().size() == members.length
                    && seen.members().stream().noneMatch(ShareClients::isIdle);
        });
    }

    private static boolean isIdle(ShareMemberDescription member) {
        return member.assignment().topicPartitions().isEmpty();
    }

    List<RecordMetadata> produce(String topic, List<String> values) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (String value : values) {
            sent.add(producer.send(new ProducerRecord<>(topic, value, value)));
        }
        List<RecordMetadata> written = new ArrayList<>();
        for (Future<RecordMetadata> one : sent) {
            written.add(one.get());
        }
        return written;
    }

    /** Polls the members in turn, each poll settling the one before, until they have had so many records. */
    @SafeVarargs
    final List<String> readAll(int count, ShareConsumer<String, String>... members) {
        List<String> read = new ArrayList<>();
        long deadline = CLOCK.nanoTime() + PATIENCE.toNanos();
        while (read.size() < count && CLOCK.nanoTime() < deadline) {
            for (ShareConsumer<String, String> member : members) {
                member.poll(POLL).forEach(record -> read.add(record.value()));
            }
        }
        return read;
    }

    /** Polls until there is something. */
    static List<ConsumerRecord<String, String>> poll(ShareConsumer<String, String> member) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> {
            member.poll(POLL).forEach(records::add);
            return !records.isEmpty();
        });
        return records;
    }

    void configureGroup(String group, String name, String value) throws Exception {
        configure(ConfigResource.Type.GROUP, group, name, value);
    }

    void configure(ConfigResource.Type type, String whose, String name, String value) throws Exception {
        ConfigResource resource = new ConfigResource(type, whose);
        AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
    }

    Map<String, String> groupSettings(String group) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        Map<String, String> settings = new HashMap<>();
        admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .entries()
                .forEach(entry -> settings.put(entry.name(), entry.value()));
        return settings;
    }

    /** Leaves the group. */
    void close(ShareConsumer<String, String> member) {
        consumers.remove(member);
        member.close(Duration.ofSeconds(5));
    }

    /** Its connections break; nothing is said to the gateway. */
    void kill(ShareConsumer<String, String> member) {
        consumers.remove(member);
        member.close(Duration.ZERO);
    }

    /** How far a group is behind, by partition; those that it has no ledger on are left out. */
    Map<TopicPartition, Long> lags(String group) throws Exception {
        Map<TopicPartition, Long> lags = new HashMap<>();
        admin.listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
                .partitionsToOffsetInfo(group)
                .get()
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        lags.put(partition, offset.lag().orElseThrow());
                    }
                });
        return lags;
    }

    /** What stands in a dead-letter topic, once it holds so many: value, reason and count. */
    List<String> deadLetters(String topic, int count) {
        List<String> letters = new ArrayList<>();
        try (Consumer<String, String> reader = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap), new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                reader.assign(List.of(partition));
                reader.seekToBeginning(List.of(partition));
                letters.clear();
                reader.poll(Duration.ofSeconds(1))
                        .forEach(record -> letters.add(record.value() + " "
                                + header(record, "__dlq.errors.message") + " "
                                + header(record, "__dlq.errors.delivery.count")));
                return letters.size() >= count;
            });
        }
        return letters;
    }

    private static String header(ConsumerRecord<String, String> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Override
    public void close() {
        consumers.forEach(consumer -> consumer.close(Duration.ofSeconds(5)));
        producer.close();
        admin.close();
    }
}
