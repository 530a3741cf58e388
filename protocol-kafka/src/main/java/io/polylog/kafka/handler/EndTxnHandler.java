package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.TransactionErrors;
import io.polylog.kafka.codec.Reply;
import io.polylog.txn.Producer;
import io.polylog.txn.TransactionCoordinator;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.EndTxnRequest;

/**
 * EndTxn: commits or aborts, answered when that is decided for good; the partitions' markers follow. From version 5 on the
 * answer says which epoch the producer goes on with (KIP-890).
 */
final class EndTxnHandler implements RequestHandler<EndTxnRequestData> {

    private static final short FIRST_VERSION_WITH_FENCED = 2;

    private final TransactionCoordinator transactions;

    EndTxnHandler(TransactionCoordinator transactions) {
        this.transactions = Objects.requireNonNull(transactions, "transactions");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, EndTxnRequestData request) {
        if (request.transactionalId().isEmpty()) {
            throw Errors.INVALID_REQUEST.exception();
        }
        boolean bumps = call.version() > EndTxnRequest.LAST_STABLE_VERSION_BEFORE_TRANSACTION_V2;
        Producer producer = new Producer(request.producerId(), request.producerEpoch());
        return transactions
                .end(request.transactionalId(), producer, request.committed(), bumps)
                .handle((next, failure) -> {
                    EndTxnResponseData response = new EndTxnResponseData();
                    if (failure != null) {
                        response.setErrorCode(TransactionErrors.of(failure, call.version() >= FIRST_VERSION_WITH_FENCED)
                                .code());
                    } else if (bumps) {
                        response.setProducerId(next.id()).setProducerEpoch(next.epoch());
                    }
                    return Reply.of(response);
                });
    }
}
