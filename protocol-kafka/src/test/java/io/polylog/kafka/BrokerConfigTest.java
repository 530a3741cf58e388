package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.testkit.TestGateway;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings of the broker that are changed while it runs (KIP-226), by the stock AdminClient. */
class BrokerConfigTest {

    private static final String ALL = "";
    private static final String NODE = "0";

    @TempDir
    private static Path directory;

    private static TestGateway gateway;
    private static Admin admin;

    @BeforeAll
    static void start() throws Exception {
        gateway = TestGateway.start(
                directory, Map.of("compaction-bytes-per-second", "5000000"), new KafkaAdapterFactory());
        admin = SecureClients.admin(SecureClients.plain(gateway.port("kafka")));
    }

    @AfterAll
    static void stop() throws Exception {
        admin.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @AfterEach
    void takeBack() throws Exception {
        for (String node : List.of(ALL, NODE)) {
            for (ConfigEntry entry : describe(ConfigResource.Type.BROKER, node)) {
                if (entry.source() == ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG
                        || entry.source() == ConfigSource.DYNAMIC_BROKER_CONFIG) {
                    change(node, entry.name(), OpType.DELETE, null);
                }
            }
        }
    }

    private static void set(String node, String name, String value) throws Exception {
        change(node, name, OpType.SET, value);
    }

    private static void change(String node, String name, OpType operation, String value) throws Exception {
        change(node, name, operation, value, false);
    }

    private static void change(String node, String name, OpType operation, String value, boolean dryRun)
            throws Exception {
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node);
        Map<ConfigResource, Collection<AlterConfigOp>> changes =
                Map.of(broker, List.of(new AlterConfigOp(new ConfigEntry(name, value), operation)));
        admin.incrementalAlterConfigs(changes, new AlterConfigsOptions().validateOnly(dryRun))
                .all()
                .get();
    }

    private static Collection<ConfigEntry> describe(ConfigResource.Type type, String name) throws Exception {
        ConfigResource resource = new ConfigResource(type, name);
        return admin.describeConfigs(List.of(resource), new DescribeConfigsOptions().includeSynonyms(true))
                .all()
                .get()
                .get(resource)
                .entries();
    }

    private static ConfigEntry broker(String node, String name) throws Exception {
        return entry(describe(ConfigResource.Type.BROKER, node), name);
    }

    private static ConfigEntry topic(String topic, String name) throws Exception {
        return entry(describe(ConfigResource.Type.TOPIC, topic), name);
    }

    private static ConfigEntry entry(Collection<ConfigEntry> entries, String name) {
        return entries.stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name));
    }

    private static List<String> synonyms(ConfigEntry entry) {
        return entry.synonyms().stream()
                .map(synonym -> synonym.name() + "=" + synonym.value() + " " + synonym.source())
                .toList();
    }

    private static void create(String name, Map<String, String> config) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, 1, (short) 1).configs(config)))
                .all()
                .get();
    }

    private static void send(String topic, byte[] key, int bytes) throws Exception {
        Map<String, Object> settings = SecureClients.plain(gateway.port("kafka"));
        settings.put("max.request.size", 10_000_000);
        try (Producer<byte[], byte[]> producer = SecureClients.producer(settings)) {
            producer.send(new ProducerRecord<>(topic, key, new byte[bytes])).get();
        }
    }

    @Test
    void theNodeComesBeforeAllNodesAndTheTopicBeforeBoth() throws Exception {
        create("plain", Map.of());
        create("own", Map.of("retention.ms", "11"));
        set(ALL, "log.retention.ms", "33");
        set(NODE, "log.retention.ms", "22");

        assertThat(topic("plain", "retention.ms").value()).isEqualTo("22");
        assertThat(topic("plain", "retention.ms").source()).isEqualTo(ConfigSource.DYNAMIC_BROKER_CONFIG);
        assertThat(synonyms(topic("own", "retention.ms")))
                .containsExactly(
                        "retention.ms=11 DYNAMIC_TOPIC_CONFIG",
                        "log.retention.ms=22 DYNAMIC_BROKER_CONFIG",
                        "log.retention.ms=33 DYNAMIC_DEFAULT_BROKER_CONFIG",
                        "log.retention.hours=168 DEFAULT_CONFIG");

        change(NODE, "log.retention.ms", OpType.DELETE, null);
        assertThat(topic("plain", "retention.ms").source()).isEqualTo(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
        assertThat(broker(ALL, "log.retention.ms").value()).isEqualTo("33");

        change(ALL, "log.retention.ms", OpType.DELETE, null);
        assertThat(topic("plain", "retention.ms").isDefault()).isTrue();
        assertThat(describe(ConfigResource.Type.BROKER, ALL)).isEmpty();
    }

    @Test
    void whatTopicsDoNotSayIsWhatTheBrokerSays() throws Exception {
        create("follows", Map.of());
        create("leads", Map.of("max.message.bytes", "5000", "message.timestamp.type", "CreateTime"));
        set(ALL, "message.max.bytes", "1000");
        set(ALL, "log.message.timestamp.type", "LogAppendTime");

        assertThatThrownBy(() -> send("follows", null, 2_000)).hasCauseInstanceOf(RecordTooLargeException.class);
        send("leads", null, 2_000);
        send("follows", null, 1);
        assertThat(timestampTypeOfFirst("follows")).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(timestampTypeOfFirst("leads")).isEqualTo(TimestampType.CREATE_TIME);

        create("later", Map.of());
        send("later", null, 1);
        assertThat(timestampTypeOfFirst("later")).isEqualTo(TimestampType.LOG_APPEND_TIME);

        set(ALL, "log.cleanup.policy", "compact");
        assertThatThrownBy(() -> send("follows", null, 1)).hasCauseInstanceOf(InvalidRecordException.class);
        send("follows", new byte[1], 1);
    }

    private static TimestampType timestampTypeOfFirst(String topic) {
        try (var consumer = SecureClients.consumer(SecureClients.plain(gateway.port("kafka")))) {
            var partition = new org.apache.kafka.common.TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            return consumer.poll(java.time.Duration.ofSeconds(20))
                    .iterator()
                    .next()
                    .timestampType();
        }
    }

    @Test
    void createdTopicsAreToldWithWhatHoldsForThem() throws Exception {
        set(ALL, "log.retention.bytes", "77");
        var created = admin.createTopics(List.of(new NewTopic("told", 1, (short) 1)));
        assertThat(created.config("told").get().get("retention.bytes").value()).isEqualTo("77");
        assertThat(created.config("told").get().get("retention.bytes").source())
                .isEqualTo(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
    }

    @Test
    void listsGrowAndShrink() throws Exception {
        change(ALL, "log.cleanup.policy", OpType.APPEND, "compact");
        assertThat(broker(NODE, "log.cleanup.policy").value()).isEqualTo("delete,compact");
        change(ALL, "log.cleanup.policy", OpType.SUBTRACT, "delete");
        assertThat(broker(NODE, "log.cleanup.policy").value()).isEqualTo("compact");
        assertThatThrownBy(() -> change(ALL, "log.retention.ms", OpType.APPEND, "1"))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
    }

    @Test
    void whatTheFileSaysComesBeforeTheDefault() throws Exception {
        ConfigEntry pace = broker(NODE, "log.cleaner.io.max.bytes.per.second");
        assertThat(pace.source()).isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);
        assertThat(pace.isReadOnly()).isFalse();
        set(NODE, "log.cleaner.io.max.bytes.per.second", "7000000");
        assertThat(synonyms(broker(NODE, "log.cleaner.io.max.bytes.per.second")))
                .containsExactly(
                        "log.cleaner.io.max.bytes.per.second=7000000.0 DYNAMIC_BROKER_CONFIG",
                        "log.cleaner.io.max.bytes.per.second=5000000 STATIC_BROKER_CONFIG",
                        "log.cleaner.io.max.bytes.per.second=6.7108864E7 DEFAULT_CONFIG");
        assertThat(broker(NODE, "log.dirs").value()).isEqualTo(directory.toString());
        assertThat(broker(NODE, "log.dirs").isReadOnly()).isTrue();
        assertThat(broker(NODE, "num.partitions").source()).isEqualTo(ConfigSource.DEFAULT_CONFIG);
    }

    @Test
    void aDryRunChangesNothing() throws Exception {
        change(ALL, "log.retention.ms", OpType.SET, "5", true);
        assertThat(describe(ConfigResource.Type.BROKER, ALL)).isEmpty();
        assertThatThrownBy(() -> change(ALL, "log.retention.ms", OpType.SET, "soon", true))
                .hasCauseInstanceOf(InvalidRequestException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "log.retention.ms, soon",
        "log.retention.ms, 0",
        "log.roll.ms, 0",
        "log.cleanup.policy, burn",
        "message.max.bytes, -1",
        "log.segment.bytes, 100",
        "log.cleaner.backoff.ms, -1",
        "log.cleaner.dedupe.buffer.size, 1000",
        "compression.type, rar",
        "min.insync.replicas, 0",
        "max.connections, -1",
        "max.connections.per.ip, 0",
        "max.connections.per.ip.overrides, localhost:5",
        "log.local.retention.ms, 5",
        "log.retention.hours, 1",
        "log.retention.check.interval.ms, 5",
        "num.partitions, 3",
        "node.id, 1",
        "no.such.key, 7",
        "num.io.threads, 9",
        "remote.fetch.max.wait.ms, 9",
        "listeners, PLAINTEXT://:1"
    })
    void whatDoesNotFitOrCannotBeChangedIsRefused(String name, String value) {
        for (String node : List.of(ALL, NODE)) {
            assertThatThrownBy(() -> set(node, name, value))
                    .cause()
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining(name);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ssl.keystore.password", "sasl.jaas.config", "listener.name.x.ssl.key.password", "my.password"})
    void aRefusalDoesNotRepeatSecrets(String name) {
        assertThatThrownBy(() -> set(NODE, name, "hush"))
                .cause()
                .isInstanceOf(InvalidRequestException.class)
                .message()
                .contains(name)
                .doesNotContain("hush");
    }

    @Test
    void whatIsNotSetMayBeTakenBack() throws Exception {
        change(NODE, "leader.replication.throttled.rate", OpType.DELETE, null);
        change(ALL, "no.such.key", OpType.DELETE, null);
    }

    @Test
    void neverIsWrittenInMoreThanOneWay() throws Exception {
        create("never", Map.of());
        set(ALL, "log.retention.ms", "-2");
        assertThat(topic("never", "retention.ms").value()).isEqualTo("-1");
    }
}
