package io.polylog.kafka.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.kafka.call.AclTypes;
import io.polylog.kafka.call.AuthorizedOperations;
import io.polylog.security.Operation;
import io.polylog.security.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestPartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopicCollection;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData.DeleteShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.Assignment;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.Member;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.TopicPartitions;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What members of share groups need, and those who look at and change them, whoever works on their requests. */
class ShareGuardsTest {

    private static final short V0 = 0;
    private static final short V1 = 1;

    @RegisterExtension
    static final GuardedCalls calls = new GuardedCalls();

    @Test
    void aMemberMayReadTheGroupAndSeeItsTopics() {
        ShareGroupHeartbeatRequestData request = new ShareGroupHeartbeatRequestData()
                .setGroupId("group")
                .setMemberId("member")
                .setSubscribedTopicNames(List.of("mine", "other"));
        assertThatThrownBy(() -> heartbeat(request)).isInstanceOf(GroupAuthorizationException.class);
        calls.allow(ResourceType.GROUP, "group", Operation.READ);
        calls.allow(ResourceType.TOPIC, "mine", Operation.DESCRIBE);
        assertThatThrownBy(() -> heartbeat(request)).isInstanceOf(TopicAuthorizationException.class);
        assertThat(calls.worked()).isNull();
        calls.allow(ResourceType.TOPIC, "other", Operation.DESCRIBE);

        heartbeat(request);

        assertThat(calls.worked()).isNotNull();
    }

    private static void heartbeat(ShareGroupHeartbeatRequestData request) {
        calls.ask(ApiKeys.SHARE_GROUP_HEARTBEAT, V1, request, new ShareGroupHeartbeatResponseData());
    }

    @Test
    void nothingIsFetchedOrSettledWithoutTheGroup() {
        ShareFetchRequestData fetch = new ShareFetchRequestData().setGroupId("group");
        ShareAcknowledgeRequestData acknowledge = new ShareAcknowledgeRequestData().setGroupId("group");

        assertThatThrownBy(() -> calls.ask(ApiKeys.SHARE_FETCH, V1, fetch, new ShareFetchResponseData()))
                .isInstanceOf(GroupAuthorizationException.class);
        assertThatThrownBy(
                        () -> calls.ask(ApiKeys.SHARE_ACKNOWLEDGE, V1, acknowledge, new ShareAcknowledgeResponseData()))
                .isInstanceOf(GroupAuthorizationException.class);
        assertThat(calls.worked()).isNull();
    }

    @Test
    void aGroupIsShownToWhoMaySeeAllThatItReads() {
        assertThat(described(Stream.of()).errorCode()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code());
        calls.allow(ResourceType.GROUP, "group", Operation.DESCRIBE);
        DescribedGroup group = new DescribedGroup()
                .setGroupId("group")
                .setAuthorizedOperations(AuthorizedOperations.GROUP)
                .setMembers(List.of(new Member()
                        .setAssignment(new Assignment()
                                .setTopicPartitions(List.of(new TopicPartitions().setTopicName("mine"))))));
        DescribedGroup hidden = described(Stream.of(group));
        assertThat(hidden.errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        assertThat(hidden.members()).isEmpty();
        calls.allow(ResourceType.TOPIC, "mine", Operation.DESCRIBE);

        DescribedGroup shown = described(Stream.of(group));

        assertThat(shown.members()).hasSize(1);
        assertThat(shown.authorizedOperations()).isEqualTo(1 << AclTypes.code(Operation.DESCRIBE));
    }

    private static DescribedGroup described(Stream<DescribedGroup> answer) {
        ShareGroupDescribeRequestData request = new ShareGroupDescribeRequestData().setGroupIds(List.of("group"));
        ShareGroupDescribeResponseData response = new ShareGroupDescribeResponseData().setGroups(answer.toList());
        return calls.ask(ApiKeys.SHARE_GROUP_DESCRIBE, V1, request, response)
                .groups()
                .get(0);
    }

    @Test
    void offsetsOfTopicsThatMayNotBeSeenAreHidden() {
        calls.allow(ResourceType.GROUP, "group", Operation.DESCRIBE);
        calls.allow(ResourceType.TOPIC, "mine", Operation.DESCRIBE);
        DescribeShareGroupOffsetsRequestGroup named = new DescribeShareGroupOffsetsRequestGroup()
                .setGroupId("group")
                .setTopics(List.of(
                        new DescribeShareGroupOffsetsRequestTopic()
                                .setTopicName("mine")
                                .setPartitions(List.of(0)),
                        new DescribeShareGroupOffsetsRequestTopic()
                                .setTopicName("other")
                                .setPartitions(List.of(0))));
        DescribeShareGroupOffsetsRequestGroup all =
                new DescribeShareGroupOffsetsRequestGroup().setGroupId("group").setTopics(null);
        DescribeShareGroupOffsetsRequestGroup stranger = new DescribeShareGroupOffsetsRequestGroup()
                .setGroupId("stranger")
                .setTopics(null);

        assertThat(errors(offsets(named, answered("mine"))))
                .isEqualTo(Map.of("mine", Errors.NONE, "other", Errors.TOPIC_AUTHORIZATION_FAILED));
        assertThat(errors(offsets(all, answered("mine", "other")))).isEqualTo(Map.of("mine", Errors.NONE));
        assertThat(offsets(stranger).errorCode()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code());
    }

    private static DescribeShareGroupOffsetsResponseGroup answered(String... topics) {
        DescribeShareGroupOffsetsResponseGroup group = new DescribeShareGroupOffsetsResponseGroup().setGroupId("group");
        for (String topic : topics) {
            group.topics().add(new DescribeShareGroupOffsetsResponseTopic().setTopicName(topic));
        }
        return group;
    }

    private static DescribeShareGroupOffsetsResponseGroup offsets(
            DescribeShareGroupOffsetsRequestGroup group, DescribeShareGroupOffsetsResponseGroup... answer) {
        return calls.ask(
                        ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
                        V1,
                        new DescribeShareGroupOffsetsRequestData().setGroups(List.of(group)),
                        new DescribeShareGroupOffsetsResponseData().setGroups(List.of(answer)))
                .groups()
                .get(0);
    }

    private static Map<String, Errors> errors(DescribeShareGroupOffsetsResponseGroup group) {
        return group.topics().stream()
                .collect(Collectors.toMap(
                        DescribeShareGroupOffsetsResponseTopic::topicName,
                        topic -> topic.partitions().isEmpty()
                                ? Errors.NONE
                                : Errors.forCode(topic.partitions().get(0).errorCode())));
    }

    @Test
    void offsetsAreAlteredOfTopicsThatMayBeRead() {
        AlterShareGroupOffsetsRequestTopicCollection topics = new AlterShareGroupOffsetsRequestTopicCollection();
        for (String name : List.of("mine", "other")) {
            topics.add(new AlterShareGroupOffsetsRequestTopic()
                    .setTopicName(name)
                    .setPartitions(List.of(new AlterShareGroupOffsetsRequestPartition().setPartitionIndex(3))));
        }
        AlterShareGroupOffsetsRequestData request =
                new AlterShareGroupOffsetsRequestData().setGroupId("group").setTopics(topics);
        assertThatThrownBy(() -> alter(request)).isInstanceOf(GroupAuthorizationException.class);
        calls.allow(ResourceType.GROUP, "group", Operation.READ);
        calls.allow(ResourceType.TOPIC, "mine", Operation.READ);

        AlterShareGroupOffsetsResponseData response = alter(request);

        assertThat(((AlterShareGroupOffsetsRequestData) calls.worked()).topics())
                .extracting(AlterShareGroupOffsetsRequestTopic::topicName)
                .containsExactly("mine");
        assertThat(response.responses().find("other").partitions().get(0))
                .matches(partition -> partition.partitionIndex() == 3
                        && partition.errorCode() == Errors.TOPIC_AUTHORIZATION_FAILED.code());
    }

    private static AlterShareGroupOffsetsResponseData alter(AlterShareGroupOffsetsRequestData request) {
        return calls.ask(ApiKeys.ALTER_SHARE_GROUP_OFFSETS, V0, request, new AlterShareGroupOffsetsResponseData());
    }

    @Test
    void offsetsAreDeletedOfTopicsThatMayBeRead() {
        DeleteShareGroupOffsetsRequestData request = new DeleteShareGroupOffsetsRequestData()
                .setGroupId("group")
                .setTopics(List.of(
                        new DeleteShareGroupOffsetsRequestTopic().setTopicName("mine"),
                        new DeleteShareGroupOffsetsRequestTopic().setTopicName("other")));
        calls.allow(ResourceType.GROUP, "group", Operation.READ);
        assertThatThrownBy(() -> delete(request)).isInstanceOf(GroupAuthorizationException.class);
        calls.allow(ResourceType.GROUP, "group", Operation.DELETE);
        calls.allow(ResourceType.TOPIC, "mine", Operation.READ);

        DeleteShareGroupOffsetsResponseData response = delete(request);

        assertThat(((DeleteShareGroupOffsetsRequestData) calls.worked()).topics())
                .extracting(DeleteShareGroupOffsetsRequestTopic::topicName)
                .containsExactly("mine");
        assertThat(response.responses().get(0))
                .matches(topic -> topic.topicName().equals("other")
                        && topic.errorCode() == Errors.TOPIC_AUTHORIZATION_FAILED.code());
    }

    private static DeleteShareGroupOffsetsResponseData delete(DeleteShareGroupOffsetsRequestData request) {
        return calls.ask(ApiKeys.DELETE_SHARE_GROUP_OFFSETS, V0, request, new DeleteShareGroupOffsetsResponseData());
    }
}
