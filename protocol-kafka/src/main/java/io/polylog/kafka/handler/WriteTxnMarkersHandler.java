package io.polylog.kafka.handler;

import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.Stages;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import io.polylog.record.EndMarker;
import io.polylog.txn.Producer;
import io.polylog.txn.TransactionCoordinator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerPartitionResult;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerResult;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerTopicResult;
import org.apache.kafka.common.protocol.Errors;

/** WriteTxnMarkers: ends transactions by hand that nobody else ends, as {@code kafka-transactions abort} does (KIP-664). */
final class WriteTxnMarkersHandler implements RequestHandler<WriteTxnMarkersRequestData> {

    private final TopicLookup topics;
    private final TransactionCoordinator transactions;

    WriteTxnMarkersHandler(TopicLookup topics, TransactionCoordinator transactions) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.transactions = Objects.requireNonNull(transactions, "transactions");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, WriteTxnMarkersRequestData request) {
        List<CompletionStage<WritableTxnMarkerResult>> answers = new ArrayList<>();
        for (WritableTxnMarker marker : request.markers()) {
            List<CompletionStage<WritableTxnMarkerTopicResult>> results = new ArrayList<>();
            for (WritableTxnMarkerTopic topic : marker.topics()) {
                results.add(write(marker, topic));
            }
            answers.add(Stages.all(results)
                    .thenApply(list -> new WritableTxnMarkerResult()
                            .setProducerId(marker.producerId())
                            .setTopics(list)));
        }
        return Stages.all(answers).thenApply(list -> Reply.of(new WriteTxnMarkersResponseData().setMarkers(list)));
    }

    private CompletionStage<WritableTxnMarkerTopicResult> write(
            WritableTxnMarker marker, WritableTxnMarkerTopic asked) {
        Optional<Topic> topic = topics.find(asked.name(), Uuid.ZERO_UUID);
        List<CompletionStage<WritableTxnMarkerPartitionResult>> results = new ArrayList<>();
        for (int partition : asked.partitionIndexes()) {
            results.add(write(marker, topic, partition)
                    .thenApply(error -> new WritableTxnMarkerPartitionResult()
                            .setPartitionIndex(partition)
                            .setErrorCode(error.code())));
        }
        return Stages.all(results)
                .thenApply(list ->
                        new WritableTxnMarkerTopicResult().setName(asked.name()).setPartitions(list));
    }

    private CompletionStage<Errors> write(WritableTxnMarker marker, Optional<Topic> topic, int partition) {
        if (marker.producerId() < 0) {
            return CompletableFuture.completedFuture(Errors.INVALID_PRODUCER_ID_MAPPING);
        }
        if (marker.producerEpoch() < 0) {
            return CompletableFuture.completedFuture(Errors.INVALID_PRODUCER_EPOCH);
        }
        if (topic.isEmpty()) {
            return CompletableFuture.completedFuture(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        try {
            return transactions
                    .mark(
                            topic.get().partition(partition),
                            new Producer(marker.producerId(), marker.producerEpoch()),
                            new EndMarker(marker.transactionResult(), marker.coordinatorEpoch()))
                    .handle((written, failure) -> failure == null ? Errors.NONE : ErrorMapping.of(failure));
        } catch (RefusedException unknown) {
            return CompletableFuture.completedFuture(ErrorMapping.of(unknown));
        }
    }
}
