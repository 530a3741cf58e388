package io.polylog.kafka.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.kafka.call.AclTypes;
import io.polylog.kafka.call.AuthorizedOperations;
import io.polylog.kafka.codec.Reply;
import io.polylog.kafka.handler.StreamsGroupHeartbeatHandler;
import io.polylog.security.Operation;
import io.polylog.security.ResourceType;
import io.polylog.spi.AdapterContext;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Subtopology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.TopicInfo;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Topology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What members of groups of Kafka Streams need, and those who look at them, whoever works on their requests. */
class StreamsGuardsTest {

    private static final short V0 = 0;

    @RegisterExtension
    static final GuardedCalls calls = new GuardedCalls();

    @Test
    void aMemberMayReadTheGroupAndSeeEveryTopicOfItsTopology() {
        assertThatThrownBy(this::heartbeat).isInstanceOf(GroupAuthorizationException.class);
        calls.allow(ResourceType.GROUP, "group", Operation.READ);
        for (String topic : List.of("source", "sink", "repartition", "changelog")) {
            assertThatThrownBy(this::heartbeat).isInstanceOf(TopicAuthorizationException.class);
            calls.allow(ResourceType.TOPIC, topic, Operation.DESCRIBE);
        }
        assertThat(calls.worked()).isNull();

        heartbeat();

        assertThat(calls.worked()).isNotNull();
    }

    private void heartbeat() {
        Subtopology part = new Subtopology()
                .setSubtopologyId("0")
                .setSourceTopics(List.of("source"))
                .setRepartitionSinkTopics(List.of("sink"))
                .setRepartitionSourceTopics(List.of(new TopicInfo().setName("repartition")))
                .setStateChangelogTopics(List.of(new TopicInfo().setName("changelog")));
        calls.ask(
                ApiKeys.STREAMS_GROUP_HEARTBEAT,
                V0,
                new StreamsGroupHeartbeatRequestData()
                        .setGroupId("group")
                        .setMemberId("member")
                        .setTopology(new Topology().setSubtopologies(List.of(part))),
                new StreamsGroupHeartbeatResponseData());
    }

    @Test
    void internalTopicsAreCreatedForWhoMayCreateThem() {
        calls.gateway().context().topics().ensure("words").toCompletableFuture().join();
        for (String topic : List.of("first", "second")) {
            calls.allow(ResourceType.TOPIC, topic, Operation.DESCRIBE);
        }
        calls.allow(ResourceType.TOPIC, "first", Operation.CREATE);
        Subtopology part = new Subtopology()
                .setSubtopologyId("0")
                .setSourceTopics(List.of("words"))
                .setStateChangelogTopics(List.of(new TopicInfo().setName("first"), new TopicInfo().setName("second")));
        StreamsGroupHeartbeatRequestData request = new StreamsGroupHeartbeatRequestData()
                .setGroupId("counting")
                .setMemberId("member")
                .setProcessId("process")
                .setRebalanceTimeoutMs(10_000)
                .setActiveTasks(List.of())
                .setStandbyTasks(List.of())
                .setWarmupTasks(List.of())
                .setTopology(new Topology().setEpoch(0).setSubtopologies(List.of(part)));
        AdapterContext context = calls.gateway().context();
        StreamsGroupHeartbeatHandler handler =
                new StreamsGroupHeartbeatHandler(context.groupCoordinator(), context.topics(), calls.access());

        Reply.Answer answer =
                (Reply.Answer) handler.handle(calls.call(ApiKeys.STREAMS_GROUP_HEARTBEAT, V0, request), request)
                        .toCompletableFuture()
                        .join();

        StreamsGroupHeartbeatResponseData body = (StreamsGroupHeartbeatResponseData) answer.body();
        assertThat(body.errorCode()).isZero();
        assertThat(body.status())
                .extracting(StreamsGroupHeartbeatResponseData.Status::statusDetail)
                .anyMatch(detail -> detail.endsWith("; Unauthorized to CREATE on topics second"));
        assertThat(context.topics().find("first")).isPresent();
        assertThat(context.topics().find("second")).isEmpty();
    }

    @Test
    void aGroupIsShownToWhoMaySeeItsTopics() {
        assertThat(described(Stream.of()).errorCode()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED.code());
        calls.allow(ResourceType.GROUP, "group", Operation.DESCRIBE);
        DescribedGroup group = new DescribedGroup()
                .setGroupId("group")
                .setAuthorizedOperations(AuthorizedOperations.GROUP)
                .setTopology(new StreamsGroupDescribeResponseData.Topology()
                        .setSubtopologies(List.of(new StreamsGroupDescribeResponseData.Subtopology()
                                .setSourceTopics(List.of("source"))
                                .setRepartitionSinkTopics(List.of())
                                .setRepartitionSourceTopics(List.of())
                                .setStateChangelogTopics(List.of(
                                        new StreamsGroupDescribeResponseData.TopicInfo().setName("changelog"))))));
        calls.allow(ResourceType.TOPIC, "source", Operation.DESCRIBE);
        DescribedGroup hidden = described(Stream.of(group));
        assertThat(hidden.errorCode()).isEqualTo(Errors.TOPIC_AUTHORIZATION_FAILED.code());
        assertThat(hidden.topology()).isNull();
        calls.allow(ResourceType.TOPIC, "changelog", Operation.DESCRIBE);

        DescribedGroup shown = described(Stream.of(group));

        assertThat(shown.topology()).isNotNull();
        assertThat(shown.authorizedOperations()).isEqualTo(1 << AclTypes.code(Operation.DESCRIBE));
    }

    private static DescribedGroup described(Stream<DescribedGroup> answer) {
        return calls.ask(
                        ApiKeys.STREAMS_GROUP_DESCRIBE,
                        V0,
                        new StreamsGroupDescribeRequestData().setGroupIds(List.of("group")),
                        new StreamsGroupDescribeResponseData().setGroups(answer.toList()))
                .groups()
                .get(0);
    }
}
