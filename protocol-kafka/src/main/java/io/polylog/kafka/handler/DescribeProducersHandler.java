package io.polylog.kafka.handler;

import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.Stages;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import io.polylog.txn.ActiveProducer;
import io.polylog.txn.TransactionCoordinator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.Errors;

/** DescribeProducers: who writes to partitions, and whose transactions are open there (KIP-664). */
final class DescribeProducersHandler implements RequestHandler<DescribeProducersRequestData> {

    private final TopicLookup topics;
    private final TransactionCoordinator transactions;

    DescribeProducersHandler(TopicLookup topics, TransactionCoordinator transactions) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.transactions = Objects.requireNonNull(transactions, "transactions");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DescribeProducersRequestData request) {
        List<CompletionStage<TopicResponse>> answers = new ArrayList<>();
        for (TopicRequest asked : request.topics()) {
            Optional<Topic> topic = topics.find(asked.name(), Uuid.ZERO_UUID);
            List<CompletionStage<PartitionResponse>> partitions = new ArrayList<>();
            for (int partition : asked.partitionIndexes()) {
                partitions.add(describe(topic, partition));
            }
            answers.add(Stages.all(partitions)
                    .thenApply(list -> new TopicResponse().setName(asked.name()).setPartitions(list)));
        }
        return Stages.all(answers).thenApply(list -> Reply.of(new DescribeProducersResponseData().setTopics(list)));
    }

    private CompletionStage<PartitionResponse> describe(Optional<Topic> topic, int partition) {
        PartitionResponse response = new PartitionResponse().setPartitionIndex(partition);
        if (topic.isEmpty()) {
            Errors unknown = Errors.UNKNOWN_TOPIC_OR_PARTITION;
            return CompletableFuture.completedFuture(
                    response.setErrorCode(unknown.code()).setErrorMessage(unknown.message()));
        }
        try {
            return transactions.producers(topic.get().partition(partition)).handle((producers, failure) -> {
                if (failure != null) {
                    return response.setErrorCode(ErrorMapping.of(failure).code());
                }
                producers.forEach(producer -> response.activeProducers().add(state(producer)));
                return response;
            });
        } catch (RefusedException unknown) {
            return CompletableFuture.completedFuture(
                    response.setErrorCode(ErrorMapping.of(unknown).code()));
        }
    }

    private static ProducerState state(ActiveProducer active) {
        return new ProducerState()
                .setProducerId(active.producer().id())
                .setProducerEpoch(active.producer().epoch())
                .setLastSequence(active.lastSequence())
                .setLastTimestamp(active.lastTimeMs())
                .setCoordinatorEpoch(active.coordinatorEpoch())
                .setCurrentTxnStartOffset(active.firstOffset());
    }
}
