package io.polylog.server.powercut;

import io.polylog.group.Caller;
import io.polylog.group.GroupCoordinator;
import io.polylog.record.TopicPartition;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;

/** Commits and fetches the offset of a group without members, as an administrator may. */
final class CommittedOffsets {

    private static final Caller CALLER = new Caller("crash", InetAddress.getLoopbackAddress(), (short) 9);

    private CommittedOffsets() {}

    /** Fails unless the coordinator says that the offset is committed. */
    static CompletionStage<Void> commit(
            GroupCoordinator coordinator, String group, TopicPartition partition, long offset) {
        OffsetCommitRequestData request = new OffsetCommitRequestData()
                .setGroupId(group)
                .setGenerationIdOrMemberEpoch(-1)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName(partition.topic())
                        .setTopicId(id(partition))
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(partition.partition())
                                .setCommittedOffset(offset)))));
        return coordinator.offsetCommit(CALLER, request).thenAccept(answer -> {
            short error = answer.topics().get(0).partitions().get(0).errorCode();
            if (error != 0) {
                throw new IllegalStateException("commit answered with error " + error);
            }
        });
    }

    /** The committed offset, or -1. */
    static CompletionStage<Long> fetch(GroupCoordinator coordinator, String group, TopicPartition partition) {
        OffsetFetchRequestGroup request = new OffsetFetchRequestGroup()
                .setGroupId(group)
                .setTopics(List.of(new OffsetFetchRequestTopics()
                        .setName(partition.topic())
                        .setPartitionIndexes(List.of(partition.partition()))));
        return coordinator.offsetFetch(CALLER, List.of(request), true).thenApply(answers -> {
            var found = answers.get(0).topics().get(0).partitions().get(0);
            if (found.errorCode() != 0) {
                throw new IllegalStateException("fetch answered with error " + found.errorCode());
            }
            return found.committedOffset();
        });
    }

    private static Uuid id(TopicPartition partition) {
        return new Uuid(
                partition.topicId().getMostSignificantBits(),
                partition.topicId().getLeastSignificantBits());
    }
}
