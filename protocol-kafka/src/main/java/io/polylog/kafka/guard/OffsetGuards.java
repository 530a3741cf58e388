package io.polylog.kafka.guard;

import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartitionCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** What it takes to see, commit and delete a group's offsets: the right to the group, and one to each topic. */
final class OffsetGuards {

    private static final short REFUSED = Errors.TOPIC_AUTHORIZATION_FAILED.code();
    private static final long NO_OFFSET = -1;

    private final Access access;

    OffsetGuards(Access access) {
        this.access = access;
    }

    void addTo(Guards guards) {
        guards.add(ApiKeys.OFFSET_COMMIT, OffsetCommitRequestData.class, this::commit);
        guards.add(ApiKeys.OFFSET_FETCH, OffsetFetchRequestData.class, this::fetch);
        guards.add(ApiKeys.OFFSET_DELETE, OffsetDeleteRequestData.class, this::delete);
    }

    private CompletionStage<Reply> commit(
            Call call, OffsetCommitRequestData request, Supplier<CompletionStage<Reply>> rest) {
        access.requireGroup(call, Operation.READ, request.groupId());
        List<OffsetCommitRequestTopic> refused = new ArrayList<>();
        request.setTopics(Guard.kept(
                request.topics(), topic -> access.topic(call, Operation.READ, topic.name(), topic.topicId()), refused));
        return rest.get()
                .thenApply(Guard.changing(
                        OffsetCommitResponseData.class,
                        response ->
                                response.setTopics(Guard.joined(response.topics(), refused, OffsetGuards::refused))));
    }

    private static OffsetCommitResponseTopic refused(OffsetCommitRequestTopic topic) {
        return new OffsetCommitResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.topicId())
                .setPartitions(topic.partitions().stream()
                        .map(partition -> new OffsetCommitResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(REFUSED))
                        .toList());
    }

    private CompletionStage<Reply> fetch(
            Call call, OffsetFetchRequestData request, Supplier<CompletionStage<Reply>> rest) {
        if (request.groups().isEmpty()) { // one group, as in versions before 8
            access.requireGroup(call, Operation.DESCRIBE, request.groupId());
        }
        List<OffsetFetchRequestGroup> refused = new ArrayList<>();
        request.setGroups(Guard.kept(
                request.groups(), group -> access.group(call, Operation.DESCRIBE, group.groupId()), refused));
        if (!refused.isEmpty() && request.groups().isEmpty()) {
            throw Errors.GROUP_AUTHORIZATION_FAILED.exception();
        }
        // Offsets of topics that the client must not see are taken out of the answer; they change nothing.
        return rest.get().thenApply(Guard.changing(OffsetFetchResponseData.class, response -> {
            hide(call, response);
            response.setGroups(Guard.joined(
                    response.groups(),
                    refused,
                    group -> new OffsetFetchResponseGroup()
                            .setGroupId(group.groupId())
                            .setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code())));
        }));
    }

    private void hide(Call call, OffsetFetchResponseData response) {
        response.topics().stream()
                .filter(topic -> !access.topic(call, Operation.DESCRIBE, topic.name()))
                .flatMap(topic -> topic.partitions().stream())
                .forEach(partition -> partition
                        .setErrorCode(REFUSED)
                        .setCommittedOffset(NO_OFFSET)
                        .setMetadata(""));
        response.groups().stream()
                .flatMap(group -> group.topics().stream())
                .filter(topic -> !access.topic(call, Operation.DESCRIBE, topic.name(), topic.topicId()))
                .flatMap(topic -> topic.partitions().stream())
                .forEach(partition -> partition
                        .setErrorCode(REFUSED)
                        .setCommittedOffset(NO_OFFSET)
                        .setMetadata(""));
    }

    private CompletionStage<Reply> delete(
            Call call, OffsetDeleteRequestData request, Supplier<CompletionStage<Reply>> rest) {
        access.requireGroup(call, Operation.DELETE, request.groupId());
        List<OffsetDeleteRequestTopic> refused =
                Guard.takenOut(request.topics(), topic -> access.topic(call, Operation.READ, topic.name()));
        return rest.get()
                .thenApply(Guard.changing(
                        OffsetDeleteResponseData.class,
                        response -> refused.forEach(topic -> response.topics().add(refused(topic)))));
    }

    private static OffsetDeleteResponseTopic refused(OffsetDeleteRequestTopic topic) {
        OffsetDeleteResponsePartitionCollection partitions = new OffsetDeleteResponsePartitionCollection();
        topic.partitions()
                .forEach(partition -> partitions.add(new OffsetDeleteResponsePartition()
                        .setPartitionIndex(partition.partitionIndex())
                        .setErrorCode(REFUSED)));
        return new OffsetDeleteResponseTopic().setName(topic.name()).setPartitions(partitions);
    }
}
