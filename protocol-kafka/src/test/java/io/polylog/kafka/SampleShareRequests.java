package io.polylog.kafka;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchPartition;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchPartitionCollection;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchTopic;
import org.apache.kafka.common.message.ShareFetchRequestData.FetchTopicCollection;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** A small request of each API of share groups. */
final class SampleShareRequests {

    private SampleShareRequests() {}

    static ApiMessage of(ApiKeys key, Uuid topicId) {
        return switch (key) {
            case SHARE_GROUP_HEARTBEAT ->
                new ShareGroupHeartbeatRequestData()
                        .setGroupId("sharing")
                        .setMemberId(Uuid.randomUuid().toString())
                        .setMemberEpoch(0)
                        .setSubscribedTopicNames(List.of("t"));
            case SHARE_GROUP_DESCRIBE -> new ShareGroupDescribeRequestData().setGroupIds(List.of("none"));
            case SHARE_FETCH -> fetch(topicId);
            case SHARE_ACKNOWLEDGE ->
                new ShareAcknowledgeRequestData()
                        .setGroupId("sharing")
                        .setMemberId("nobody")
                        .setShareSessionEpoch(1);
            case DESCRIBE_SHARE_GROUP_OFFSETS ->
                new DescribeShareGroupOffsetsRequestData()
                        .setGroups(List.of(new DescribeShareGroupOffsetsRequestGroup()
                                .setGroupId("none")
                                .setTopics(List.of(new DescribeShareGroupOffsetsRequestTopic()
                                        .setTopicName("t")
                                        .setPartitions(List.of(0))))));
            case ALTER_SHARE_GROUP_OFFSETS -> new AlterShareGroupOffsetsRequestData().setGroupId("none");
            case DELETE_SHARE_GROUP_OFFSETS -> new DeleteShareGroupOffsetsRequestData().setGroupId("none");
            default -> throw new IllegalArgumentException("no sample of " + key);
        };
    }

    static ShareFetchRequestData fetch(Uuid topicId) {
        FetchTopic topic = new FetchTopic()
                .setTopicId(topicId)
                .setPartitions(new FetchPartitionCollection(
                        List.of(new FetchPartition()).iterator()));
        return new ShareFetchRequestData()
                .setGroupId("sharing")
                .setMemberId("somebody")
                .setShareSessionEpoch(0)
                .setMaxRecords(10)
                .setMaxBytes(1 << 20)
                .setTopics(new FetchTopicCollection(List.of(topic).iterator()));
    }
}
