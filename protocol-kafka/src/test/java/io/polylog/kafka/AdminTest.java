package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.testkit.TestGateway;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidUpdateVersionException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stock AdminClient. */
class AdminTest {

    private static final ConfigResource TOPIC = new ConfigResource(ConfigResource.Type.TOPIC, "t");

    @TempDir
    Path directory;

    private TestGateway gateway;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new KafkaAdapterFactory());
        admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + gateway.port("kafka")));
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @Test
    void createsListsDescribesAndDeletes() throws Exception {
        var created = admin.createTopics(List.of(new NewTopic("t", 3, (short) 1), new NewTopic("u", 2, (short) -1)));
        created.all().get();
        assertThat(created.numPartitions("t").get()).isEqualTo(3);
        assertThat(created.config("t").get().get("retention.ms").value()).isEqualTo("604800000");
        assertThat(admin.listTopics().names().get()).containsExactlyInAnyOrder("t", "u");
        TopicDescription described = describe("t");
        assertThat(described.partitions()).hasSize(3);
        assertThat(described.partitions().get(0).leader().id()).isZero();
        assertThat(described.topicId()).isEqualTo(created.topicId("t").get());
        assertThat(described.authorizedOperations()).contains(AclOperation.READ, AclOperation.WRITE);

        admin.deleteTopics(TopicCollection.ofTopicNames(List.of("t"))).all().get();
        admin.deleteTopics(
                        TopicCollection.ofTopicIds(List.of(created.topicId("u").get())))
                .all()
                .get();
        assertThat(admin.listTopics().names().get()).isEmpty();
        assertThatThrownBy(() -> describe("t")).hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
    }

    @Test
    void describesManyTopicsPageByPage() throws Exception {
        List<NewTopic> topics = java.util.stream.IntStream.range(0, 30)
                .mapToObj(i -> new NewTopic("many" + i, 3, (short) 1))
                .toList();
        admin.createTopics(topics).all().get();
        List<String> names = topics.stream().map(NewTopic::name).toList();
        var described = admin.describeTopics(names, new DescribeTopicsOptions().partitionSizeLimitPerResponse(7))
                .allTopicNames()
                .get();
        assertThat(described).hasSize(30);
        assertThat(described.values())
                .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(3));
    }

    @Test
    void refusesWhatKafkaRefuses() throws Exception {
        create("t");
        refused(new NewTopic("t", 1, (short) 1), TopicExistsException.class);
        refused(new NewTopic("a b", 1, (short) 1), InvalidTopicException.class);
        refused(new NewTopic("v", 0, (short) 1), InvalidPartitionsException.class);
        refused(new NewTopic("v", 1, (short) 3), InvalidReplicationFactorException.class);
        refused(
                new NewTopic("v", 1, (short) 1).configs(Map.of("no.such.key", "1")),
                InvalidConfigurationException.class);
        refused(
                new NewTopic("v", 1, (short) 1).configs(Map.of("retention.ms", "x")),
                InvalidConfigurationException.class);
        admin.createTopics(List.of(new NewTopic("v", 1, (short) 1)), new CreateTopicsOptions().validateOnly(true))
                .all()
                .get();
        assertThat(admin.listTopics().names().get()).containsExactly("t");
    }

    @Test
    void topicsGrowAndNeverShrink() throws Exception {
        create("t");
        admin.createPartitions(Map.of("t", NewPartitions.increaseTo(4))).all().get();
        assertThat(describe("t").partitions()).hasSize(4);
        assertThatThrownBy(() -> admin.createPartitions(Map.of("t", NewPartitions.increaseTo(2)))
                        .all()
                        .get())
                .hasCauseInstanceOf(InvalidPartitionsException.class);
    }

    @Test
    void topicSettings() throws Exception {
        create("t");
        alter(new AlterConfigOp(new ConfigEntry("retention.ms", "1234"), OpType.SET));
        alter(new AlterConfigOp(new ConfigEntry("cleanup.policy", "compact"), OpType.APPEND));
        assertThat(config().get("retention.ms").value()).isEqualTo("1234");
        assertThat(config().get("retention.ms").source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(config().get("cleanup.policy").value()).isEqualTo("delete,compact");
        alter(
                new AlterConfigOp(new ConfigEntry("cleanup.policy", "delete"), OpType.SUBTRACT),
                new AlterConfigOp(new ConfigEntry("retention.ms", null), OpType.DELETE));
        assertThat(config().get("cleanup.policy").value()).isEqualTo("compact");
        assertThat(config().get("retention.ms").isDefault()).isTrue();
        assertThatThrownBy(() -> alter(new AlterConfigOp(new ConfigEntry("retention.ms", "soon"), OpType.SET)))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
    }

    @Test
    void describesTheClusterAndItsBroker() throws Exception {
        var cluster = admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true));
        assertThat(cluster.nodes().get()).hasSize(1);
        assertThat(cluster.controller().get().port()).isEqualTo(gateway.port("kafka"));
        assertThat(cluster.clusterId().get()).hasSize(22);
        assertThat(cluster.authorizedOperations().get()).contains(AclOperation.CREATE);
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "0");
        assertThat(admin.describeConfigs(List.of(broker))
                        .all()
                        .get()
                        .get(broker)
                        .get("node.id")
                        .value())
                .isEqualTo("0");
        assertThat(admin.describeFeatures().featureMetadata().get().finalizedFeatures())
                .containsKeys("metadata.version", "group.version");
    }

    @Test
    void offsets() throws Exception {
        create("t");
        TopicPartition partition = new TopicPartition("t", 0);
        for (OffsetSpec spec : Set.of(
                OffsetSpec.earliest(),
                OffsetSpec.latest(),
                OffsetSpec.maxTimestamp(),
                OffsetSpec.forTimestamp(0),
                OffsetSpec.earliestLocal(),
                OffsetSpec.latestTiered())) {
            ListOffsetsResultInfo found = admin.listOffsets(Map.of(partition, spec))
                    .partitionResult(partition)
                    .get();
            assertThat(found.offset()).as(spec.toString()).isBetween(-1L, 0L);
        }
        assertThat(admin.listPartitionReassignments().reassignments().get()).isEmpty();
    }

    @Test
    void logDirectoriesTellTheBytesOfEachPartition() throws Exception {
        create("t");
        assertThat(sizeOf(new TopicPartition("t", 0))).isZero();
        long written;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", "127.0.0.1:" + gateway.port("kafka")),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            written = producer.send(new ProducerRecord<>("t", new byte[1000]))
                    .get()
                    .serializedValueSize();
        }
        assertThat(sizeOf(new TopicPartition("t", 0))).isBetween(written, written + 100);
    }

    private long sizeOf(TopicPartition partition) throws Exception {
        LogDirDescription directory =
                admin.describeLogDirs(List.of(0)).allDescriptions().get().get(0).get(directory());
        assertThat(directory.totalBytes().orElseThrow())
                .isGreaterThanOrEqualTo(directory.usableBytes().orElseThrow());
        return directory.replicaInfos().get(partition).size();
    }

    private String directory() throws Exception {
        return admin.describeLogDirs(List.of(0)).allDescriptions().get().get(0).keySet().stream()
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aSingleNodeHasNothingToElectToMoveOrToSwitch() throws Exception {
        create("t");
        TopicPartition partition = new TopicPartition("t", 0);
        assertThat(admin.electLeaders(ElectionType.PREFERRED, Set.of(partition))
                        .partitions()
                        .get())
                .hasEntrySatisfying(
                        partition, error -> assertThat(error).containsInstanceOf(ElectionNotNeededException.class));
        admin.alterPartitionReassignments(Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(0)))))
                .all()
                .get();
        assertThatThrownBy(() -> admin.alterPartitionReassignments(
                                Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(1)))))
                        .all()
                        .get())
                .hasCauseInstanceOf(InvalidReplicaAssignmentException.class);
        assertThat(admin.describeMetadataQuorum().quorumInfo().get().leaderId()).isZero();
        assertThatThrownBy(() -> admin.unregisterBroker(0).all().get())
                .hasCauseInstanceOf(InvalidRequestException.class);
        FeatureUpdate none = new FeatureUpdate((short) 0, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE);
        assertThatThrownBy(() -> admin.updateFeatures(Map.of("group.version", none), new UpdateFeaturesOptions())
                        .all()
                        .get())
                .hasCauseInstanceOf(InvalidUpdateVersionException.class);
    }

    private void create(String name) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
    }

    private TopicDescription describe(String name) throws Exception {
        return admin.describeTopics(List.of(name), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .allTopicNames()
                .get()
                .get(name);
    }

    private void alter(AlterConfigOp... operations) throws Exception {
        Map<ConfigResource, Collection<AlterConfigOp>> change = Map.of(TOPIC, List.of(operations));
        admin.incrementalAlterConfigs(change).all().get();
    }

    private Config config() throws Exception {
        return admin.describeConfigs(List.of(TOPIC)).all().get().get(TOPIC);
    }

    private void refused(NewTopic topic, Class<? extends Exception> expected) {
        assertThatThrownBy(() -> admin.createTopics(List.of(topic)).all().get()).hasCauseInstanceOf(expected);
    }
}
