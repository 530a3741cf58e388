package io.polylog.kafka.handler;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicLife;
import io.polylog.broker.Topics;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.Stages;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResultCollection;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;

/**
 * DeleteRecords (KIP-107): takes away what lies before an offset, of topics whose records may be deleted. Answered when that
 * is durable.
 */
final class DeleteRecordsHandler implements RequestHandler<DeleteRecordsRequestData> {

    private final Topics topics;
    private final TopicLookup lookup;

    DeleteRecordsHandler(Topics topics, TopicLookup lookup) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.lookup = Objects.requireNonNull(lookup, "lookup");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DeleteRecordsRequestData request) {
        List<CompletionStage<DeleteRecordsTopicResult>> results = new ArrayList<>();
        for (DeleteRecordsTopic asked : request.topics()) {
            Optional<Topic> topic = lookup.find(asked.name(), Uuid.ZERO_UUID);
            List<CompletionStage<DeleteRecordsPartitionResult>> partitions = new ArrayList<>();
            for (DeleteRecordsPartition partition : asked.partitions()) {
                partitions.add(delete(topic, partition).exceptionally(failure -> failed(partition, failure)));
            }
            results.add(Stages.all(partitions)
                    .thenApply(list -> new DeleteRecordsTopicResult()
                            .setName(asked.name())
                            .setPartitions(new DeleteRecordsPartitionResultCollection(list.iterator()))));
        }
        return Stages.all(results)
                .thenApply(list -> Reply.of(new DeleteRecordsResponseData()
                        .setTopics(new DeleteRecordsTopicResultCollection(list.iterator()))));
    }

    private CompletionStage<DeleteRecordsPartitionResult> delete(Optional<Topic> topic, DeleteRecordsPartition asked) {
        if (topic.isEmpty()) {
            return CompletableFuture.failedStage(Errors.UNKNOWN_TOPIC_OR_PARTITION.exception());
        }
        boolean everything = asked.offset() == DeleteRecordsRequest.HIGH_WATERMARK;
        try {
            var partition = topic.get().partition(asked.partitionIndex());
            if (!topic.get().internal() && !TopicLife.deletesOnRequest(topic.get())) {
                return CompletableFuture.failedStage(Errors.POLICY_VIOLATION.exception());
            }
            return topics.deleteRecords(partition, everything ? Topics.EVERY_RECORD : checked(asked.offset()))
                    .thenApply(start -> result(asked, start, Errors.NONE));
        } catch (RefusedException unknown) {
            return CompletableFuture.failedStage(unknown);
        }
    }

    private static long checked(long offset) {
        if (offset < 0) {
            throw new RefusedException(Refusal.OFFSET_OUT_OF_RANGE, "offsets begin at 0, " + offset + " is none");
        }
        return offset;
    }

    private static DeleteRecordsPartitionResult failed(DeleteRecordsPartition asked, Throwable failure) {
        return result(asked, DeleteRecordsResponse.INVALID_LOW_WATERMARK, ErrorMapping.of(failure));
    }

    private static DeleteRecordsPartitionResult result(DeleteRecordsPartition asked, long lowWatermark, Errors error) {
        return new DeleteRecordsPartitionResult()
                .setPartitionIndex(asked.partitionIndex())
                .setLowWatermark(lowWatermark)
                .setErrorCode(error.code());
    }
}
