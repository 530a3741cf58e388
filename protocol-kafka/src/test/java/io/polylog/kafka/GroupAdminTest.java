package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.polylog.testkit.FreePorts;
import io.polylog.testkit.TestGateway;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ClassicGroupState;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups seen and changed by Kafka's administration client, happy or not. */
@Execution(ExecutionMode.CONCURRENT)
class GroupAdminTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final TopicPartition T1 = new TopicPartition("t", 1);
    private static final TopicPartition U0 = new TopicPartition("u", 0);

    @TempDir
    Path directory;

    private TestGateway gateway;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        open();
        admin.createTopics(List.of(new NewTopic("t", 2, (short) 1), new NewTopic("u", 1, (short) 1)))
                .all()
                .get();
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @Test
    void offsetsAreAlteredListedAndDeletedAlsoAfterARestart() throws Exception {
        alter("g", Map.of(T0, new OffsetAndMetadata(3, "three"), U0, new OffsetAndMetadata(5)));
        alter("h", Map.of(T1, new OffsetAndMetadata(7)));

        restart();
        assertThat(offsets("g")).containsOnlyKeys(T0, U0);
        assertThat(offsets("g").get(T0).metadata()).isEqualTo("three");
        assertThat(admin.listConsumerGroupOffsets(Map.of(
                                "g",
                                new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(U0, T1)),
                                "h",
                                new ListConsumerGroupOffsetsSpec()))
                        .all()
                        .get())
                .hasEntrySatisfying("g", of -> assertThat(of.get(U0).offset()).isEqualTo(5))
                .hasEntrySatisfying("g", of -> assertThat(of.get(T1)).isNull())
                .hasEntrySatisfying("h", of -> assertThat(of.get(T1).offset()).isEqualTo(7));

        admin.deleteConsumerGroupOffsets("g", Set.of(T0)).all().get();
        restart();
        assertThat(offsets("g")).containsOnlyKeys(U0);

        admin.deleteConsumerGroups(List.of("g")).all().get();
        restart();
        assertThat(offsets("g")).isEmpty();
        assertThat(groups()).containsExactly("h");
    }

    @Test
    void unknownGroupsTopicsAndPartitions() throws Exception {
        assertThatThrownBy(() ->
                        admin.describeConsumerGroups(List.of("nobody")).all().get())
                .hasCauseInstanceOf(GroupIdNotFoundException.class);
        assertThatThrownBy(() ->
                        admin.describeClassicGroups(List.of("nobody")).all().get())
                .hasCauseInstanceOf(GroupIdNotFoundException.class);
        assertThatThrownBy(() ->
                        admin.deleteConsumerGroups(List.of("nobody")).all().get())
                .hasCauseInstanceOf(GroupIdNotFoundException.class);
        assertThatThrownBy(() -> admin.deleteConsumerGroupOffsets("nobody", Set.of(T0))
                        .all()
                        .get())
                .hasCauseInstanceOf(GroupIdNotFoundException.class);
        assertThat(offsets("nobody")).isEmpty();
        assertThatThrownBy(() -> alter("g", Map.of(new TopicPartition("none", 0), new OffsetAndMetadata(1))))
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        assertThatThrownBy(() -> alter("g", Map.of(new TopicPartition("t", 9), new OffsetAndMetadata(1))))
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        alter("g", Map.of(T0, new OffsetAndMetadata(1)));
        for (TopicPartition unknown : List.of(new TopicPartition("none", 0), new TopicPartition("t", 9))) {
            assertThatThrownBy(() -> admin.deleteConsumerGroupOffsets("g", Set.of(unknown))
                            .all()
                            .get())
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
        assertThat(groups()).containsExactly("g");
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aGroupWithMembersIsNotDeletedAndItsOffsetsAreItsOwn(String protocol) throws Exception {
        try (Consumer<String, String> consumer = consumer(protocol, "t")) {
            consumer.commitSync(Map.of(T0, new OffsetAndMetadata(2)));
            assertThatThrownBy(
                            () -> admin.deleteConsumerGroups(List.of("g")).all().get())
                    .hasCauseInstanceOf(GroupNotEmptyException.class);
            assertThatThrownBy(() -> admin.deleteConsumerGroupOffsets("g", Set.of(T0))
                            .all()
                            .get())
                    .hasCauseInstanceOf(GroupSubscribedToTopicException.class);
            assertThatThrownBy(() -> alter("g", Map.of(T0, new OffsetAndMetadata(1))))
                    .hasCauseInstanceOf(UnknownMemberIdException.class);
            assertThat(offsets("g").get(T0).offset()).isEqualTo(2);
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> alter("g", Map.of(T0, new OffsetAndMetadata(1), T1, new OffsetAndMetadata(1))));
        assertThat(offsets("g").get(T0).offset()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void groupsAreListedByStateAndTypeAndDescribed(String protocol) throws Exception {
        GroupType type = GroupType.parse(protocol);
        alter("empty", Map.of(T0, new OffsetAndMetadata(1)));
        try (Consumer<String, String> consumer = consumer(protocol, "t")) {
            assertThat(admin.listGroups(new ListGroupsOptions()
                                    .inGroupStates(Set.of(GroupState.STABLE))
                                    .withTypes(Set.of(type)))
                            .all()
                            .get())
                    .extracting(GroupListing::groupId)
                    .containsExactly("g");
            assertThat(admin.listGroups(new ListGroupsOptions().inGroupStates(Set.of(GroupState.EMPTY)))
                            .all()
                            .get())
                    .extracting(GroupListing::groupId)
                    .containsExactly("empty");
            var described = admin.describeConsumerGroups(
                            List.of("g"), new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                    .all()
                    .get()
                    .get("g");
            assertThat(described.type()).isEqualTo(type);
            assertThat(described.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(described.coordinator().port()).isEqualTo(gateway.port("kafka"));
            assertThat(described.authorizedOperations()).contains(AclOperation.READ, AclOperation.DELETE);
            var member = described.members().iterator().next();
            assertThat(member.consumerId()).isEqualTo(consumer.groupMetadata().memberId());
            assertThat(member.clientId()).isEqualTo("reader");
            assertThat(member.host()).contains("127.0.0.1");
            assertThat(member.assignment().topicPartitions()).containsExactlyInAnyOrder(T0, T1);
            if (type == GroupType.CLASSIC) {
                var classic =
                        admin.describeClassicGroups(List.of("g")).all().get().get("g");
                assertThat(classic.state()).isEqualTo(ClassicGroupState.STABLE);
                assertThat(classic.protocolData()).isEqualTo("range");
                assertThat(classic.members()).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aMemberOfAnEarlierTimeMayNotCommitAfterARestart(String protocol) throws Exception {
        try (Consumer<String, String> consumer = consumer(protocol, "t")) {
            consumer.commitSync(Map.of(T0, new OffsetAndMetadata(2)));
            remove();
            restart();
            assertThat(offsets("g").get(T0).offset()).isEqualTo(2);
            assertThatThrownBy(() -> consumer.commitSync(Map.of(T0, new OffsetAndMetadata(1))))
                    .isInstanceOf(CommitFailedException.class);
            assertThat(offsets("g").get(T0).offset()).isEqualTo(2);
        }
    }

    /** Removes every member of the group. */
    private void remove() throws Exception {
        admin.removeMembersFromConsumerGroup("g", new RemoveMembersFromConsumerGroupOptions())
                .all()
                .get();
        await().atMost(PATIENCE)
                .until(() -> admin.describeConsumerGroups(List.of("g"))
                        .all()
                        .get()
                        .get("g")
                        .members()
                        .isEmpty());
    }

    @Test
    void staticMembersAreRemovedByTheirName() throws Exception {
        Consumer<String, String> consumer = consumer(Map.of("group.instance.id", "fixed"), "classic", "t");
        consumer.close(); // static members do not leave by themselves
        restart();
        assertThat(admin.describeConsumerGroups(List.of("g"))
                        .all()
                        .get()
                        .get("g")
                        .members())
                .hasSize(1);
        assertThatThrownBy(() -> admin.removeMembersFromConsumerGroup(
                                "g", new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("another"))))
                        .all()
                        .get())
                .hasCauseInstanceOf(UnknownMemberIdException.class);
        admin.removeMembersFromConsumerGroup(
                        "g", new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("fixed"))))
                .all()
                .get();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> admin.deleteConsumerGroups(List.of("g")).all().get());
    }

    private void open() throws Exception {
        open(Integer.toString(FreePorts.next()));
    }

    private void open(String port) throws Exception {
        gateway = TestGateway.start(directory, Map.of("kafka.port", port), new KafkaAdapterFactory());
        admin = Admin.create(properties(Map.of()));
    }

    private void restart() throws Exception {
        String port = Integer.toString(gateway.port("kafka"));
        admin.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
        open(port);
    }

    private void alter(String group, Map<TopicPartition, OffsetAndMetadata> offsets) throws Exception {
        admin.alterConsumerGroupOffsets(group, offsets).all().get();
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets(String group) throws Exception {
        return admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
    }

    private List<String> groups() throws Exception {
        return admin.listGroups().all().get().stream()
                .map(GroupListing::groupId)
                .toList();
    }

    private Consumer<String, String> consumer(String protocol, String topic) {
        return consumer(Map.of(), protocol, topic);
    }

    /** The only member of group {@code g}, with all partitions of the topic. */
    private Consumer<String, String> consumer(Map<String, String> more, String protocol, String topic) {
        Map<String, String> settings = new java.util.HashMap<>(more);
        settings.put("group.id", "g");
        settings.put("client.id", "reader");
        settings.put("group.protocol", protocol);
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        Consumer<String, String> consumer =
                new KafkaConsumer<>(properties(settings), new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(List.of(topic));
        await().atMost(PATIENCE).until(() -> {
            consumer.poll(Duration.ofMillis(100));
            return !consumer.assignment().isEmpty();
        });
        return consumer;
    }

    private Properties properties(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", "127.0.0.1:" + gateway.port("kafka"));
        properties.putAll(settings);
        return properties;
    }
}
