package io.polylog.kafka.handler;

import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.Stages;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.call.TransactionErrors;
import io.polylog.kafka.codec.Reply;
import io.polylog.record.TopicPartition;
import io.polylog.txn.Producer;
import io.polylog.txn.TransactionCoordinator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnPartitionResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnTopicResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;

/**
 * AddPartitionsToTxn: for one transaction, or from version 4 on for several, each of which may also only ask whether it has its
 * partitions. All partitions of a transaction are added or none.
 */
final class AddPartitionsToTxnHandler implements RequestHandler<AddPartitionsToTxnRequestData> {

    private static final short FIRST_BATCHED_VERSION = 4;
    private static final short FIRST_VERSION_WITH_FENCED = 2;
    private static final short FIRST_VERSION_WITH_ABORTABLE = 5;

    private final TopicLookup topics;
    private final TransactionCoordinator transactions;

    AddPartitionsToTxnHandler(TopicLookup topics, TransactionCoordinator transactions) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.transactions = Objects.requireNonNull(transactions, "transactions");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, AddPartitionsToTxnRequestData request) {
        AddPartitionsToTxnRequest body =
                (AddPartitionsToTxnRequest) call.request().body();
        boolean batched = call.version() >= FIRST_BATCHED_VERSION;
        List<CompletionStage<AddPartitionsToTxnResult>> answers = new ArrayList<>();
        for (AddPartitionsToTxnTransaction one :
                (batched ? body : body.normalizeRequest()).data().transactions()) {
            answers.add(answer(call.version(), one));
        }
        return Stages.all(answers).thenApply(results -> {
            AddPartitionsToTxnResponseData response = new AddPartitionsToTxnResponseData();
            if (batched) {
                results.forEach(result -> response.resultsByTransaction().add(result));
            } else {
                results.forEach(result -> response.setResultsByTopicV3AndBelow(result.topicResults()));
            }
            return Reply.of(response);
        });
    }

    private CompletionStage<AddPartitionsToTxnResult> answer(short version, AddPartitionsToTxnTransaction asked) {
        if (asked.transactionalId().isEmpty()) {
            return CompletableFuture.completedFuture(results(asked, partition -> Errors.INVALID_REQUEST));
        }
        List<TopicPartition> partitions = new ArrayList<>();
        boolean allFound = true;
        for (org.apache.kafka.common.TopicPartition partition :
                AddPartitionsToTxnRequest.getPartitions(asked.topics())) {
            Optional<TopicPartition> found = find(partition);
            found.ifPresent(partitions::add);
            allFound &= found.isPresent();
        }
        if (!allFound) {
            return CompletableFuture.completedFuture(results(
                    asked,
                    partition -> find(partition).isPresent()
                            ? Errors.OPERATION_NOT_ATTEMPTED
                            : Errors.UNKNOWN_TOPIC_OR_PARTITION));
        }
        Producer producer = new Producer(asked.producerId(), asked.producerEpoch());
        if (asked.verifyOnly()) {
            return CompletableFuture.completedFuture(
                    results(asked, partition -> verify(version, asked.transactionalId(), producer, partition)));
        }
        return transactions
                .add(asked.transactionalId(), producer, partitions)
                .handle((added, failure) -> results(
                        asked,
                        partition -> failure == null
                                ? Errors.NONE
                                : TransactionErrors.of(failure, version >= FIRST_VERSION_WITH_FENCED)));
    }

    private Errors verify(
            short version,
            String transactionalId,
            Producer producer,
            org.apache.kafka.common.TopicPartition partition) {
        try {
            transactions
                    .find(transactionalId)
                    .orElseThrow(Errors.INVALID_PRODUCER_ID_MAPPING::exception)
                    .verify(producer, find(partition).orElseThrow());
            return Errors.NONE;
        } catch (RuntimeException refused) {
            Errors error = ErrorMapping.of(refused);
            return error == Errors.TRANSACTION_ABORTABLE && version < FIRST_VERSION_WITH_ABORTABLE
                    ? Errors.INVALID_TXN_STATE
                    : error;
        }
    }

    private Optional<TopicPartition> find(org.apache.kafka.common.TopicPartition asked) {
        Optional<Topic> topic = topics.find(asked.topic(), Uuid.ZERO_UUID);
        try {
            return topic.map(found -> found.partition(asked.partition()));
        } catch (RefusedException unknown) {
            return Optional.empty();
        }
    }

    private static AddPartitionsToTxnResult results(
            AddPartitionsToTxnTransaction asked, Function<org.apache.kafka.common.TopicPartition, Errors> error) {
        AddPartitionsToTxnTopicResultCollection topics = new AddPartitionsToTxnTopicResultCollection();
        for (AddPartitionsToTxnTopic topic : asked.topics()) {
            AddPartitionsToTxnTopicResult result = new AddPartitionsToTxnTopicResult().setName(topic.name());
            for (int partition : topic.partitions()) {
                result.resultsByPartition()
                        .add(new AddPartitionsToTxnPartitionResult()
                                .setPartitionIndex(partition)
                                .setPartitionErrorCode(
                                        error.apply(new org.apache.kafka.common.TopicPartition(topic.name(), partition))
                                                .code()));
            }
            topics.add(result);
        }
        return new AddPartitionsToTxnResult()
                .setTransactionalId(asked.transactionalId())
                .setTopicResults(topics);
    }
}
