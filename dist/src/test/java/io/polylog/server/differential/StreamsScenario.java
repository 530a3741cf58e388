package io.polylog.server.differential;

import java.util.List;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Subtopology;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.TaskIds;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.TopicInfo;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData.Topology;
import org.apache.kafka.common.protocol.ApiKeys;

/** Groups of Kafka Streams (KIP-1071): StreamsGroupHeartbeat, StreamsGroupDescribe. */
final class StreamsScenario implements Scenario {

    private static final String MEMBER = "4wZbPTrtT9mWyPzVvBpyQw";

    @Override
    public void run(Play play) {
        GroupScenario.awaitCoordinators(play);
        Setting.topic(play, "streamed", 2);
        play.everyVersion(ApiKeys.STREAMS_GROUP_HEARTBEAT, version -> beats(play, version));
        play.everyVersion(ApiKeys.STREAMS_GROUP_DESCRIBE, version -> describes(play, version));
    }

    private static void beats(Play play, int version) {
        ApiKeys key = ApiKeys.STREAMS_GROUP_HEARTBEAT;
        String group = "streams-" + version;
        play.ask("joining without a topic that it reads", key, version, beat(group + "-lost", 0, "nowhere"));
        play.ask("without a group", key, version, beat("", 0, "streamed"));
        play.ask("without a member id", key, version, beat(group, 0, "streamed").setMemberId(""));
        play.ask("without a topology", key, version, beat(group, 0, "streamed").setTopology(null));
        play.ask("as nobody", key, version, owning(group, 1));
        play.ask("leaving what it never joined", key, version, owning(group, -1));
    }

    private static StreamsGroupHeartbeatRequestData beat(String group, int epoch, String topic) {
        Subtopology subtopology = new Subtopology()
                .setSubtopologyId("0")
                .setSourceTopics(List.of(topic))
                .setStateChangelogTopics(List.of(
                        new TopicInfo().setName(group + "-store-changelog").setReplicationFactor((short) 1)));
        return owning(group, epoch)
                .setRebalanceTimeoutMs(30_000)
                .setProcessId("process")
                .setClientTags(List.of())
                .setActiveTasks(List.of())
                .setStandbyTasks(List.of())
                .setWarmupTasks(List.<TaskIds>of())
                .setTopology(new Topology().setEpoch(0).setSubtopologies(List.of(subtopology)));
    }

    private static StreamsGroupHeartbeatRequestData owning(String group, int epoch) {
        return new StreamsGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(MEMBER)
                .setMemberEpoch(epoch);
    }

    private static void describes(Play play, int version) {
        String group = "streams-described-" + version;
        play.prepare(ApiKeys.STREAMS_GROUP_HEARTBEAT, 0, side -> beat(group, 0, "nowhere"), answer -> true);
        play.ask(
                "one that lacks a topic, one of the classic protocol and none",
                ApiKeys.STREAMS_GROUP_DESCRIBE,
                version,
                new StreamsGroupDescribeRequestData()
                        .setGroupIds(List.of(group, "commits-9", "no-group"))
                        .setIncludeAuthorizedOperations(true));
    }
}
