package io.polylog.server.differential;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.protocol.ApiKeys;

/** Committed offsets: OffsetCommit, OffsetFetch, OffsetDelete. */
final class OffsetScenario implements Scenario {

    private static final Uuid NOBODYS = new Uuid(4, 2);

    @Override
    public void run(Play play) {
        GroupScenario.awaitCoordinators(play);
        Setting.topic(play, "read", 2);
        play.everyVersion(ApiKeys.OFFSET_COMMIT, version -> commits(play, version));
        play.everyVersion(ApiKeys.OFFSET_FETCH, version -> fetches(play, version));
        play.everyVersion(ApiKeys.OFFSET_DELETE, version -> deletes(play, version));
    }

    private static void commits(Play play, int version) {
        String group = "commits-" + version;
        commit(play, "without membership", version, group, "read", at(0, 3));
        commit(play, "of no partition", version, group, "read", at(7, 3));
        commit(play, "of no topic", version, group, "nowhere", at(0, 3));
        commit(play, "with metadata", version, group, "read", at(1, 4).setCommittedMetadata("note"));
        commit(play, "with too much metadata", version, group, "read", at(1, 4).setCommittedMetadata("x".repeat(5000)));
        commit(play, "without a group", version, "", "read", at(0, 3));
        commit(play, "a negative offset", version, group, "read", at(0, -5));
        play.ask(
                "as nobody",
                ApiKeys.OFFSET_COMMIT,
                version,
                side -> commit(side, version, group, "read", at(0, 3))
                        .setMemberId("nobody")
                        .setGenerationIdOrMemberEpoch(1));
    }

    private static OffsetCommitRequestPartition at(int partition, long offset) {
        return new OffsetCommitRequestPartition()
                .setPartitionIndex(partition)
                .setCommittedOffset(offset)
                .setCommittedMetadata("");
    }

    private static void commit(
            Play play, String step, int version, String group, String topic, OffsetCommitRequestPartition partition) {
        play.ask(step, ApiKeys.OFFSET_COMMIT, version, side -> commit(side, version, group, topic, partition));
    }

    private static OffsetCommitRequestData commit(
            Side side, int version, String group, String topic, OffsetCommitRequestPartition partition) {
        return new OffsetCommitRequestData()
                .setGroupId(group)
                .setGenerationIdOrMemberEpoch(-1)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName(version < 10 ? topic : "")
                        .setTopicId(version < 10 ? Uuid.ZERO_UUID : id(side, topic))
                        .setPartitions(List.of(partition))));
    }

    private static Uuid id(Side side, String topic) {
        return topic.equals("nowhere") ? NOBODYS : side.topicId(topic);
    }

    private static void fetches(Play play, int version) {
        fetch(play, "of a group", version, "commits-9", "read", 0, 1);
        fetch(play, "of a partition that is not there", version, "commits-9", "read", 9);
        fetch(play, "of a topic that is not there", version, "commits-9", "nowhere", 0);
        fetch(play, "of no group", version, "no-group", "read", 0);
        fetch(play, "without a group", version, "", "read", 0);
        if (version >= 2) {
            play.ask("all", ApiKeys.OFFSET_FETCH, version, all(version, "commits-9"));
            play.ask("all of no group", ApiKeys.OFFSET_FETCH, version, all(version, "no-group"));
        }
        if (version >= 7) {
            play.ask(
                    "only stable ones",
                    ApiKeys.OFFSET_FETCH,
                    version,
                    side -> fetch(side, version, "commits-9", "read", 0, 1).setRequireStable(true));
        }
    }

    private static void fetch(Play play, String step, int version, String group, String topic, Integer... partitions) {
        play.ask(step, ApiKeys.OFFSET_FETCH, version, side -> fetch(side, version, group, topic, partitions));
    }

    private static OffsetFetchRequestData fetch(
            Side side, int version, String group, String topic, Integer... partitions) {
        if (version < 8) {
            return new OffsetFetchRequestData()
                    .setGroupId(group)
                    .setTopics(List.of(
                            new OffsetFetchRequestTopic().setName(topic).setPartitionIndexes(List.of(partitions))));
        }
        OffsetFetchRequestTopics topics = new OffsetFetchRequestTopics().setPartitionIndexes(List.of(partitions));
        return new OffsetFetchRequestData()
                .setGroups(List.of(new OffsetFetchRequestGroup()
                        .setGroupId(group)
                        .setTopics(
                                List.of(version < 10 ? topics.setName(topic) : topics.setTopicId(id(side, topic))))));
    }

    private static OffsetFetchRequestData all(int version, String group) {
        return version < 8
                ? new OffsetFetchRequestData().setGroupId(group).setTopics(null)
                : new OffsetFetchRequestData()
                        .setGroups(List.of(
                                new OffsetFetchRequestGroup().setGroupId(group).setTopics(null)));
    }

    private static void deletes(Play play, int version) {
        play.ask("one", ApiKeys.OFFSET_DELETE, version, deletion("commits-8", "read", 0));
        play.ask("one that is not there", ApiKeys.OFFSET_DELETE, version, deletion("commits-8", "read", 9));
        play.ask("of no topic", ApiKeys.OFFSET_DELETE, version, deletion("commits-8", "nowhere", 0));
        play.ask("of no group", ApiKeys.OFFSET_DELETE, version, deletion("no-group", "read", 0));
        play.ask("without a group", ApiKeys.OFFSET_DELETE, version, deletion("", "read", 0));
    }

    private static OffsetDeleteRequestData deletion(String group, String topic, int partition) {
        OffsetDeleteRequestData request = new OffsetDeleteRequestData().setGroupId(group);
        request.topics()
                .add(new OffsetDeleteRequestTopic()
                        .setName(topic)
                        .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(partition))));
        return request;
    }
}
