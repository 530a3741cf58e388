package io.polylog.kafka.handler;

import io.polylog.broker.Topic;
import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartitionCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** OffsetDelete: forgets offsets of a group whose members do not read the topic. */
final class OffsetDeleteHandler implements RequestHandler<OffsetDeleteRequestData> {

    private final TopicLookup topics;
    private final GroupCoordinator coordinator;

    OffsetDeleteHandler(TopicLookup topics, GroupCoordinator coordinator) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, OffsetDeleteRequestData request) {
        OffsetDeleteRequestTopicCollection known = new OffsetDeleteRequestTopicCollection();
        List<OffsetDeleteResponseTopic> refused = new ArrayList<>();
        for (OffsetDeleteRequestTopic asked : request.topics()) {
            Optional<Topic> topic = topics.find(asked.name(), Uuid.ZERO_UUID);
            if (topic.isPresent()) {
                known.add(asked.duplicate());
            } else {
                refused.add(refused(asked));
            }
        }
        return coordinator
                .offsetDelete(call.caller(), request.duplicate().setTopics(known))
                .thenApply(response -> {
                    if (response.errorCode() == Errors.NONE.code()) {
                        response.topics().addAll(refused);
                    }
                    return Reply.of(response);
                });
    }

    private static OffsetDeleteResponseTopic refused(OffsetDeleteRequestTopic asked) {
        OffsetDeleteResponsePartitionCollection partitions = new OffsetDeleteResponsePartitionCollection();
        for (OffsetDeleteRequestPartition partition : asked.partitions()) {
            partitions.add(new OffsetDeleteResponsePartition()
                    .setPartitionIndex(partition.partitionIndex())
                    .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
        }
        return new OffsetDeleteResponseTopic().setName(asked.name()).setPartitions(partitions);
    }
}
