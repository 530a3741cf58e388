package io.polylog.kafka.handler;

import io.polylog.broker.Topic;
import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartitionCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopicCollection;
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
        OffsetDeleteResponseTopicCollection refused = new OffsetDeleteResponseTopicCollection();
        for (OffsetDeleteRequestTopic asked : request.topics()) {
            int count = topics.find(asked.name(), Uuid.ZERO_UUID)
                    .map(Topic::partitionCount)
                    .orElse(0);
            List<OffsetDeleteRequestPartition> inside = new ArrayList<>();
            List<OffsetDeleteRequestPartition> outside = new ArrayList<>();
            for (OffsetDeleteRequestPartition partition : asked.partitions()) {
                boolean exists = partition.partitionIndex() >= 0 && partition.partitionIndex() < count;
                (exists ? inside : outside).add(partition);
            }
            if (!inside.isEmpty()) {
                known.add(new OffsetDeleteRequestTopic().setName(asked.name()).setPartitions(inside));
            }
            if (!outside.isEmpty()) {
                refused.add(refused(asked.name(), outside));
            }
        }
        return coordinator
                .offsetDelete(call.caller(), request.duplicate().setTopics(known))
                .thenApply(response -> {
                    if (response.errorCode() == Errors.NONE.code()) {
                        refused.forEach(topic -> add(response.topics(), topic));
                    }
                    return Reply.of(response);
                });
    }

    private static OffsetDeleteResponseTopic refused(String name, List<OffsetDeleteRequestPartition> asked) {
        OffsetDeleteResponsePartitionCollection partitions = new OffsetDeleteResponsePartitionCollection();
        for (OffsetDeleteRequestPartition partition : asked) {
            partitions.add(new OffsetDeleteResponsePartition()
                    .setPartitionIndex(partition.partitionIndex())
                    .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code()));
        }
        return new OffsetDeleteResponseTopic().setName(name).setPartitions(partitions);
    }

    /** One answer for each topic, whoever answered its partitions. */
    private static void add(OffsetDeleteResponseTopicCollection answered, OffsetDeleteResponseTopic refused) {
        OffsetDeleteResponseTopic same = answered.find(refused.name());
        if (same == null) {
            answered.add(refused.duplicate());
        } else {
            refused.partitions().forEach(partition -> same.partitions().add(partition.duplicate()));
        }
    }
}
