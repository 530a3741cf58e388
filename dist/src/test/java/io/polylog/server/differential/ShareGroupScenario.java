package io.polylog.server.differential;

import java.util.List;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestPartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData.DeleteShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** Share groups (KIP-932): their members, and where they stand. */
final class ShareGroupScenario implements Scenario {

    private static final String TOPIC = "share-read";

    @Override
    public void run(Play play) {
        GroupScenario.awaitCoordinators(play);
        ShareScenario.member(play, "share-ready", TOPIC, 4);
        play.everyVersion(ApiKeys.SHARE_GROUP_HEARTBEAT, version -> beats(play, version));
        play.everyVersion(ApiKeys.SHARE_GROUP_DESCRIBE, version -> describes(play, version));
        play.everyVersion(ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS, version -> describesOffsets(play, version));
        play.everyVersion(ApiKeys.ALTER_SHARE_GROUP_OFFSETS, version -> altersOffsets(play, version));
        play.everyVersion(ApiKeys.DELETE_SHARE_GROUP_OFFSETS, version -> deletesOffsets(play, version));
    }

    private static void beats(Play play, int version) {
        ApiKeys key = ApiKeys.SHARE_GROUP_HEARTBEAT;
        ShareScenario.join(play, "share-beat", TOPIC);
        play.ask("keeping up", key, version, keepingUp("share-beat", 1));
        play.ask("from an epoch ahead", key, version, keepingUp("share-beat", 99));
        play.ask("as nobody", key, version, keepingUp("share-beat", 1).setMemberId("nobody"));
        play.ask("in no group", key, version, keepingUp("share-none", 1));
        play.ask("without a group", key, version, ShareScenario.beat("", 0, TOPIC));
        play.ask(
                "without an id",
                key,
                version,
                ShareScenario.beat("share-beat", 0, TOPIC).setMemberId(""));
        play.ask(
                "joining without subscription",
                key,
                version,
                ShareScenario.beat("share-bare", 0, TOPIC).setSubscribedTopicNames(null));
        play.ask(
                "with an empty rack",
                key,
                version,
                ShareScenario.beat("share-rack", 0, TOPIC).setRackId(""));
        play.ask("below every epoch", key, version, keepingUp("share-beat", -7));
        play.ask("leaving", key, version, keepingUp("share-beat", -1));
        play.ask("leaving once more", key, version, keepingUp("share-beat", -1));
    }

    private static ShareGroupHeartbeatRequestData keepingUp(String group, int epoch) {
        return ShareScenario.beat(group, epoch, TOPIC).setSubscribedTopicNames(null);
    }

    private static void describes(Play play, int version) {
        ShareScenario.join(play, "share-described", TOPIC);
        play.ask(
                "one, one that is empty and none",
                ApiKeys.SHARE_GROUP_DESCRIBE,
                version,
                new ShareGroupDescribeRequestData()
                        .setGroupIds(List.of("share-described", "share-beat", "share-none", ""))
                        .setIncludeAuthorizedOperations(true));
    }

    private static void describesOffsets(Play play, int version) {
        ApiKeys key = ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS;
        ShareScenario.member(play, "share-offsets", TOPIC, 1);
        play.prepare(key, 0, side -> offsets("share-offsets", TOPIC, 0), answer -> true);
        play.ask("of a group that has read nothing", key, version, offsets("share-offsets", TOPIC, 0));
        play.ask("of all topics", key, version, offsets("share-offsets", null));
        play.ask("of a partition that is not there", key, version, offsets("share-offsets", TOPIC, 8));
        play.ask("of a topic that is not there", key, version, offsets("share-offsets", "nowhere", 0));
        play.ask("of no group", key, version, offsets("share-none", TOPIC, 0));
        play.ask("of a group without a name", key, version, offsets("", TOPIC, 0));
    }

    private static DescribeShareGroupOffsetsRequestData offsets(
            String group, @Nullable String topic, Integer... partitions) {
        DescribeShareGroupOffsetsRequestGroup asked = new DescribeShareGroupOffsetsRequestGroup().setGroupId(group);
        asked.setTopics(
                topic == null
                        ? null
                        : List.of(new DescribeShareGroupOffsetsRequestTopic()
                                .setTopicName(topic)
                                .setPartitions(List.of(partitions))));
        return new DescribeShareGroupOffsetsRequestData().setGroups(List.of(asked));
    }

    private static void altersOffsets(Play play, int version) {
        ApiKeys key = ApiKeys.ALTER_SHARE_GROUP_OFFSETS;
        ShareScenario.join(play, "share-altered", TOPIC);
        play.ask("of a group at work", key, version, alteration("share-altered", TOPIC, 0, 2));
        play.prepare(ApiKeys.SHARE_GROUP_HEARTBEAT, 1, side -> keepingUp("share-altered", -1), answer -> true);
        play.ask("of an empty group", key, version, alteration("share-altered", TOPIC, 0, 2));
        play.prepare(
                ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
                1,
                side -> offsets("share-altered", TOPIC, 0),
                answer -> ((DescribeShareGroupOffsetsResponseData) answer)
                                .groups()
                                .get(0)
                                .topics()
                                .get(0)
                                .partitions()
                                .get(0)
                                .startOffset()
                        == 2);
        play.ask("where it stands now", ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS, 1, offsets("share-altered", TOPIC, 0));
        play.ask("of a partition that is not there", key, version, alteration("share-altered", TOPIC, 8, 2));
        play.ask("of a topic that is not there", key, version, alteration("share-altered", "nowhere", 0, 2));
        play.ask("of no group", key, version, alteration("share-none", TOPIC, 0, 2));
        play.ask("of a group without a name", key, version, alteration("", TOPIC, 0, 2));
    }

    private static AlterShareGroupOffsetsRequestData alteration(
            String group, String topic, int partition, long offset) {
        AlterShareGroupOffsetsRequestData request = new AlterShareGroupOffsetsRequestData().setGroupId(group);
        request.topics()
                .add(new AlterShareGroupOffsetsRequestTopic()
                        .setTopicName(topic)
                        .setPartitions(List.of(new AlterShareGroupOffsetsRequestPartition()
                                .setPartitionIndex(partition)
                                .setStartOffset(offset))));
        return request;
    }

    private static void deletesOffsets(Play play, int version) {
        ApiKeys key = ApiKeys.DELETE_SHARE_GROUP_OFFSETS;
        play.ask("of a group at work", key, version, deletion("share-offsets", TOPIC));
        play.ask("of an empty group", key, version, deletion("share-altered", TOPIC));
        play.ask("once more", key, version, deletion("share-altered", TOPIC));
        play.ask("of a topic that is not there", key, version, deletion("share-altered", "nowhere"));
        play.ask("of no group", key, version, deletion("share-none", TOPIC));
        play.ask("of a group without a name", key, version, deletion("", TOPIC));
    }

    private static DeleteShareGroupOffsetsRequestData deletion(String group, String topic) {
        return new DeleteShareGroupOffsetsRequestData()
                .setGroupId(group)
                .setTopics(List.of(new DeleteShareGroupOffsetsRequestTopic().setTopicName(topic)));
    }
}
