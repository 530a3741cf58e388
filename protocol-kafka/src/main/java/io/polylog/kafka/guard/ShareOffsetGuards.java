package io.polylog.kafka.guard;

import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData.DeleteShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData.DeleteShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** What it takes to see, alter and delete where share groups stand: the right to the group, and one to each topic. */
final class ShareOffsetGuards {

    private static final Errors REFUSED = Errors.TOPIC_AUTHORIZATION_FAILED;

    private final Access access;

    ShareOffsetGuards(Access access) {
        this.access = access;
    }

    void addTo(Guards guards) {
        guards.add(ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS, DescribeShareGroupOffsetsRequestData.class, this::describe);
        guards.add(ApiKeys.ALTER_SHARE_GROUP_OFFSETS, AlterShareGroupOffsetsRequestData.class, this::alter);
        guards.add(ApiKeys.DELETE_SHARE_GROUP_OFFSETS, DeleteShareGroupOffsetsRequestData.class, this::delete);
    }

    /** Topics that are named are refused one by one; where all are asked for, those that must not be seen are left out. */
    private CompletionStage<Reply> describe(
            Call call, DescribeShareGroupOffsetsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<DescribeShareGroupOffsetsRequestGroup> refused = new ArrayList<>();
        request.setGroups(Guard.kept(
                request.groups(), group -> access.group(call, Operation.DESCRIBE, group.groupId()), refused));
        Map<String, List<DescribeShareGroupOffsetsRequestTopic>> refusedTopics = new HashMap<>();
        for (DescribeShareGroupOffsetsRequestGroup group : request.groups()) {
            if (group.topics() != null) {
                List<DescribeShareGroupOffsetsRequestTopic> unseen =
                        refusedTopics.computeIfAbsent(group.groupId(), id -> new ArrayList<>());
                group.setTopics(Guard.kept(group.topics(), topic -> maySee(call, topic.topicName()), unseen));
            }
        }
        return rest.get().thenApply(Guard.changing(DescribeShareGroupOffsetsResponseData.class, response -> {
            for (DescribeShareGroupOffsetsResponseGroup group : response.groups()) {
                group.setTopics(Guard.joined(
                        group.topics().stream()
                                .filter(topic -> maySee(call, topic.topicName()))
                                .toList(),
                        group.errorCode() == Errors.NONE.code()
                                ? refusedTopics.getOrDefault(group.groupId(), List.of())
                                : List.of(),
                        ShareOffsetGuards::refused));
            }
            response.setGroups(Guard.joined(response.groups(), refused, ShareOffsetGuards::refused));
        }));
    }

    private boolean maySee(Call call, String topic) {
        return access.topic(call, Operation.DESCRIBE, topic);
    }

    private static DescribeShareGroupOffsetsResponseGroup refused(DescribeShareGroupOffsetsRequestGroup group) {
        return new DescribeShareGroupOffsetsResponseGroup()
                .setGroupId(group.groupId())
                .setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code())
                .setErrorMessage(Errors.GROUP_AUTHORIZATION_FAILED.message());
    }

    private static DescribeShareGroupOffsetsResponseTopic refused(DescribeShareGroupOffsetsRequestTopic topic) {
        return new DescribeShareGroupOffsetsResponseTopic()
                .setTopicName(topic.topicName())
                .setPartitions(topic.partitions().stream()
                        .map(partition -> new DescribeShareGroupOffsetsResponsePartition()
                                .setPartitionIndex(partition)
                                .setErrorCode(REFUSED.code())
                                .setErrorMessage(REFUSED.message()))
                        .toList());
    }

    private CompletionStage<Reply> alter(
            Call call, AlterShareGroupOffsetsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        access.requireGroup(call, Operation.READ, request.groupId());
        List<AlterShareGroupOffsetsRequestTopic> refused =
                Guard.takenOut(request.topics(), topic -> access.topic(call, Operation.READ, topic.topicName()));
        return rest.get()
                .thenApply(Guard.changing(
                        AlterShareGroupOffsetsResponseData.class,
                        response ->
                                refused.forEach(topic -> response.responses().add(refused(topic)))));
    }

    private static AlterShareGroupOffsetsResponseTopic refused(AlterShareGroupOffsetsRequestTopic topic) {
        return new AlterShareGroupOffsetsResponseTopic()
                .setTopicName(topic.topicName())
                .setPartitions(topic.partitions().stream()
                        .map(partition -> new AlterShareGroupOffsetsResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(REFUSED.code())
                                .setErrorMessage(REFUSED.message()))
                        .toList());
    }

    private CompletionStage<Reply> delete(
            Call call, DeleteShareGroupOffsetsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        access.requireGroup(call, Operation.DELETE, request.groupId());
        List<DeleteShareGroupOffsetsRequestTopic> refused = new ArrayList<>();
        request.setTopics(
                Guard.kept(request.topics(), topic -> access.topic(call, Operation.READ, topic.topicName()), refused));
        return rest.get()
                .thenApply(Guard.changing(
                        DeleteShareGroupOffsetsResponseData.class,
                        response -> response.setResponses(
                                Guard.joined(response.responses(), refused, ShareOffsetGuards::refused))));
    }

    private static DeleteShareGroupOffsetsResponseTopic refused(DeleteShareGroupOffsetsRequestTopic topic) {
        return new DeleteShareGroupOffsetsResponseTopic()
                .setTopicName(topic.topicName())
                .setErrorCode(REFUSED.code())
                .setErrorMessage(REFUSED.message());
    }
}
