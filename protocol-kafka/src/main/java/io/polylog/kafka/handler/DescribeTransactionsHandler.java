package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import io.polylog.record.TopicPartition;
import io.polylog.txn.Transaction;
import io.polylog.txn.TransactionCoordinator;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TopicData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TransactionState;
import org.apache.kafka.common.protocol.Errors;

/** DescribeTransactions: how transactional ids stand (KIP-664). */
final class DescribeTransactionsHandler implements RequestHandler<DescribeTransactionsRequestData> {

    private final TransactionCoordinator transactions;

    DescribeTransactionsHandler(TransactionCoordinator transactions) {
        this.transactions = Objects.requireNonNull(transactions, "transactions");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DescribeTransactionsRequestData request) {
        DescribeTransactionsResponseData response = new DescribeTransactionsResponseData();
        for (String id : request.transactionalIds()) {
            response.transactionStates().add(describe(id));
        }
        return CompletableFuture.completedFuture(Reply.of(response));
    }

    private TransactionState describe(String id) {
        TransactionState state = new TransactionState().setTransactionalId(id);
        if (id.isEmpty()) {
            return state.setErrorCode(Errors.INVALID_REQUEST.code());
        }
        return transactions
                .find(id)
                .map(found -> fill(state, found))
                .orElseGet(() -> state.setErrorCode(Errors.TRANSACTIONAL_ID_NOT_FOUND.code()));
    }

    private static TransactionState fill(TransactionState state, Transaction found) {
        for (TopicPartition partition : found.partitions()) {
            TopicData topic = state.topics().find(partition.topic());
            if (topic == null) {
                topic = new TopicData().setTopic(partition.topic()).setPartitions(new ArrayList<>());
                state.topics().add(topic);
            }
            topic.partitions().add(partition.partition());
        }
        return state.setTransactionState(found.phase().title())
                .setProducerId(found.producer().id())
                .setProducerEpoch(found.producer().epoch())
                .setTransactionTimeoutMs(found.timeoutMs())
                .setTransactionStartTimeMs(found.startedMs());
    }
}
