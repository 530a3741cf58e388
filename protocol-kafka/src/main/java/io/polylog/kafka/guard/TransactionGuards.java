package io.polylog.kafka.guard;

import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnPartitionResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnPartitionResultCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnTopicResult;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TransactionState;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** What it takes to be an idempotent or a transactional producer: WRITE of the transactional id, and of each topic. */
final class TransactionGuards {

    private static final short LAST_CLIENT_VERSION = 3;

    private final Access access;

    TransactionGuards(Access access) {
        this.access = access;
    }

    void addTo(Guards guards) {
        guards.add(ApiKeys.INIT_PRODUCER_ID, InitProducerIdRequestData.class, this::initProducerId);
        guards.add(ApiKeys.ADD_PARTITIONS_TO_TXN, AddPartitionsToTxnRequestData.class, this::addPartitions);
        guards.add(ApiKeys.ADD_OFFSETS_TO_TXN, AddOffsetsToTxnRequestData.class, this::addOffsets);
        guards.add(ApiKeys.TXN_OFFSET_COMMIT, TxnOffsetCommitRequestData.class, this::commitOffsets);
        guards.add(ApiKeys.END_TXN, EndTxnRequestData.class, this::end);
        guards.add(ApiKeys.DESCRIBE_TRANSACTIONS, DescribeTransactionsRequestData.class, this::describe);
        guards.add(ApiKeys.DESCRIBE_PRODUCERS, DescribeProducersRequestData.class, this::describeProducers);
        guards.add(ApiKeys.LIST_TRANSACTIONS, ListTransactionsRequestData.class, this::list);
    }

    /** An idempotent producer needs some topic that it may write to (KIP-679), or the older right of its own. */
    private CompletionStage<Reply> initProducerId(
            Call call, InitProducerIdRequestData request, Supplier<CompletionStage<Reply>> rest) {
        String id = request.transactionalId();
        if (id != null) {
            access.requireTransactionalId(call, Operation.WRITE, id);
        } else if (!access.cluster(call, Operation.IDEMPOTENT_WRITE) && !access.someTopic(call, Operation.WRITE)) {
            throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
        }
        return rest.get();
    }

    /** All partitions or none: if one is refused the others are not attempted. Later versions are for brokers. */
    private CompletionStage<Reply> addPartitions(
            Call call, AddPartitionsToTxnRequestData request, Supplier<CompletionStage<Reply>> rest) {
        if (call.version() > LAST_CLIENT_VERSION) {
            if (!access.cluster(call, Operation.CLUSTER_ACTION)) {
                throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
            }
            return rest.get();
        }
        access.requireTransactionalId(call, Operation.WRITE, request.v3AndBelowTransactionalId());
        boolean all = request.v3AndBelowTopics().stream()
                .allMatch(topic -> access.topic(call, Operation.WRITE, topic.name()));
        if (all) {
            return rest.get();
        }
        AddPartitionsToTxnResponseData response = new AddPartitionsToTxnResponseData();
        request.v3AndBelowTopics()
                .forEach(topic -> response.resultsByTopicV3AndBelow().add(notAdded(call, topic)));
        return CompletableFuture.completedFuture(Reply.of(response));
    }

    private AddPartitionsToTxnTopicResult notAdded(Call call, AddPartitionsToTxnTopic topic) {
        Errors error = access.topic(call, Operation.WRITE, topic.name())
                ? Errors.OPERATION_NOT_ATTEMPTED
                : Errors.TOPIC_AUTHORIZATION_FAILED;
        AddPartitionsToTxnPartitionResultCollection partitions = new AddPartitionsToTxnPartitionResultCollection();
        for (int index : topic.partitions()) {
            partitions.add(new AddPartitionsToTxnPartitionResult()
                    .setPartitionIndex(index)
                    .setPartitionErrorCode(error.code()));
        }
        return new AddPartitionsToTxnTopicResult().setName(topic.name()).setResultsByPartition(partitions);
    }

    private CompletionStage<Reply> addOffsets(
            Call call, AddOffsetsToTxnRequestData request, Supplier<CompletionStage<Reply>> rest) {
        access.requireTransactionalId(call, Operation.WRITE, request.transactionalId());
        access.requireGroup(call, Operation.READ, request.groupId());
        return rest.get();
    }

    private CompletionStage<Reply> commitOffsets(
            Call call, TxnOffsetCommitRequestData request, Supplier<CompletionStage<Reply>> rest) {
        access.requireTransactionalId(call, Operation.WRITE, request.transactionalId());
        access.requireGroup(call, Operation.READ, request.groupId());
        List<TxnOffsetCommitRequestTopic> refused = new ArrayList<>();
        request.setTopics(Guard.kept(
                request.topics(), topic -> access.topic(call, Operation.READ, topic.name(), topic.topicId()), refused));
        return rest.get()
                .thenApply(Guard.changing(
                        TxnOffsetCommitResponseData.class,
                        response -> response.setTopics(
                                Guard.joined(response.topics(), refused, TransactionGuards::notCommitted))));
    }

    private static TxnOffsetCommitResponseTopic notCommitted(TxnOffsetCommitRequestTopic topic) {
        return new TxnOffsetCommitResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.topicId())
                .setPartitions(topic.partitions().stream()
                        .map(partition -> new TxnOffsetCommitResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code()))
                        .toList());
    }

    private CompletionStage<Reply> end(Call call, EndTxnRequestData request, Supplier<CompletionStage<Reply>> rest) {
        access.requireTransactionalId(call, Operation.WRITE, request.transactionalId());
        return rest.get();
    }

    private CompletionStage<Reply> describe(
            Call call, DescribeTransactionsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<String> refused = new ArrayList<>();
        request.setTransactionalIds(Guard.kept(
                request.transactionalIds(), id -> access.transactionalId(call, Operation.DESCRIBE, id), refused));
        return rest.get()
                .thenApply(Guard.changing(
                        DescribeTransactionsResponseData.class,
                        response -> response.setTransactionStates(Guard.joined(
                                response.transactionStates(),
                                refused,
                                id -> new TransactionState()
                                        .setTransactionalId(id)
                                        .setErrorCode(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code())))));
    }

    private CompletionStage<Reply> list(
            Call call, ListTransactionsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        return rest.get()
                .thenApply(Guard.changing(
                        ListTransactionsResponseData.class,
                        response -> response.setTransactionStates(response.transactionStates().stream()
                                .filter(state ->
                                        access.transactionalId(call, Operation.DESCRIBE, state.transactionalId()))
                                .toList())));
    }

    private CompletionStage<Reply> describeProducers(
            Call call, DescribeProducersRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<TopicRequest> refused =
                Guard.takenOut(request.topics(), topic -> access.topic(call, Operation.READ, topic.name()));
        return rest.get()
                .thenApply(Guard.changing(
                        DescribeProducersResponseData.class,
                        response -> refused.forEach(topic -> response.topics().add(notDescribed(topic)))));
    }

    private static TopicResponse notDescribed(TopicRequest topic) {
        return new TopicResponse()
                .setName(topic.name())
                .setPartitions(topic.partitionIndexes().stream()
                        .map(partition -> new PartitionResponse()
                                .setPartitionIndex(partition)
                                .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                                .setErrorMessage(Errors.TOPIC_AUTHORIZATION_FAILED.message()))
                        .toList());
    }
}
