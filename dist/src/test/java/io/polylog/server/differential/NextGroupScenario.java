package io.polylog.server.differential;

import java.util.List;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** Groups of the next protocol (KIP-848): ConsumerGroupHeartbeat, ConsumerGroupDescribe. */
final class NextGroupScenario implements Scenario {

    private static final String MEMBER = "TLqtCGZ0RgiZBFdnYGXnYg";

    @Override
    public void run(Play play) {
        GroupScenario.awaitCoordinators(play);
        Setting.topic(play, "next", 2);
        // Kafka's coordinator hears of topics a moment after its brokers do.
        play.prepare(ApiKeys.CONSUMER_GROUP_HEARTBEAT, 1, side -> beat("next-ready", 0), answer -> assigned(answer));
        play.everyVersion(ApiKeys.CONSUMER_GROUP_HEARTBEAT, version -> beats(play, version));
        play.everyVersion(ApiKeys.CONSUMER_GROUP_DESCRIBE, version -> describes(play, version));
    }

    private static boolean assigned(ApiMessage answer) {
        var assignment = ((ConsumerGroupHeartbeatResponseData) answer).assignment();
        return assignment != null && !assignment.topicPartitions().isEmpty();
    }

    private static void beats(Play play, int version) {
        ApiKeys key = ApiKeys.CONSUMER_GROUP_HEARTBEAT;
        String group = "next-" + version;
        play.ask("joining", key, version, beat(group, 0));
        play.ask("keeping up", key, version, owning(group, 1));
        play.ask("from an epoch ahead", key, version, owning(group, 7));
        play.ask("without a group", key, version, beat("", 0));
        play.ask(
                "joining with partitions",
                key,
                version,
                beat(group + "-owned", 0).setTopicPartitions(List.of(new TopicPartitions().setPartitions(List.of(0)))));
        play.ask(
                "joining without subscription",
                key,
                version,
                beat(group + "-bare", 0).setSubscribedTopicNames(null));
        play.ask(
                "with an unknown assignor",
                key,
                version,
                beat(group + "-odd", 0).setServerAssignor("fair"));
        play.ask("as nobody", key, version, owning(group, 1).setMemberId("nobody"));
        play.ask("in no group", key, version, owning("no-group", 1));
        if (version == 0) {
            play.ask(
                    "with an id to be made",
                    key,
                    version,
                    beat(group + "-named", 0).setMemberId(""));
        } else {
            play.ask("without an id", key, version, beat(group + "-named", 0).setMemberId(""));
            play.ask(
                    "with a pattern",
                    key,
                    version,
                    beat(group + "-pattern", 0).setSubscribedTopicNames(null).setSubscribedTopicRegex("nex.*"));
            play.ask(
                    "with a bad pattern",
                    key,
                    version,
                    beat(group + "-bad", 0).setSubscribedTopicNames(null).setSubscribedTopicRegex("nex["));
        }
        play.ask("leaving", key, version, beat(group, -1));
        play.ask("leaving once more", key, version, beat(group, -1));
    }

    private static ConsumerGroupHeartbeatRequestData beat(String group, int epoch) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(MEMBER)
                .setMemberEpoch(epoch)
                .setRebalanceTimeoutMs(30_000)
                .setSubscribedTopicNames(List.of("next"))
                .setTopicPartitions(List.of());
    }

    private static ConsumerGroupHeartbeatRequestData owning(String group, int epoch) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(MEMBER)
                .setMemberEpoch(epoch);
    }

    private static void describes(Play play, int version) {
        String group = "next-described-" + version;
        play.prepare(ApiKeys.CONSUMER_GROUP_HEARTBEAT, 1, side -> beat(group, 0), answer -> true);
        play.ask(
                "one, one that is gone, one of the classic protocol and none",
                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                version,
                new ConsumerGroupDescribeRequestData()
                        .setGroupIds(List.of(group, "next-0", "commits-9", "no-group"))
                        .setIncludeAuthorizedOperations(true));
    }
}
