package io.polylog.kafka.handler;

import io.polylog.broker.ProducerIds;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.TransactionErrors;
import io.polylog.kafka.codec.Reply;
import io.polylog.txn.Producer;
import io.polylog.txn.TransactionCoordinator;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * InitProducerId. Without a transactional id every request gets a fresh id with epoch 0, also one that asks for its epoch to be
 * raised, as in Kafka; with one it takes the id over from whoever had it, or goes on with what it had (KIP-360).
 */
final class InitProducerIdHandler implements RequestHandler<InitProducerIdRequestData> {

    private static final short FIRST_VERSION_WITH_FENCED = 4;

    private final ProducerIds producerIds;
    private final TransactionCoordinator transactions;

    InitProducerIdHandler(ProducerIds producerIds, TransactionCoordinator transactions) {
        this.producerIds = Objects.requireNonNull(producerIds, "producerIds");
        this.transactions = Objects.requireNonNull(transactions, "transactions");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, InitProducerIdRequestData request) {
        String transactionalId = request.transactionalId();
        boolean hasId = request.producerId() != RecordBatch.NO_PRODUCER_ID;
        boolean hasEpoch = request.producerEpoch() != RecordBatch.NO_PRODUCER_EPOCH;
        if (hasId != hasEpoch || (transactionalId != null && transactionalId.isEmpty())) {
            throw Errors.INVALID_REQUEST.exception();
        }
        if (transactionalId == null) {
            return producerIds.next().thenApply(id -> answer(new Producer(id, (short) 0)));
        }
        Optional<Producer> claimant =
                hasId ? Optional.of(new Producer(request.producerId(), request.producerEpoch())) : Optional.empty();
        return transactions
                .claim(transactionalId, request.transactionTimeoutMs(), claimant)
                .handle((claimed, failure) -> failure == null
                        ? answer(claimed)
                        : Reply.of(new InitProducerIdResponseData()
                                .setErrorCode(TransactionErrors.of(failure, call.version() >= FIRST_VERSION_WITH_FENCED)
                                        .code())
                                .setProducerId(RecordBatch.NO_PRODUCER_ID)
                                .setProducerEpoch(RecordBatch.NO_PRODUCER_EPOCH)));
    }

    private static Reply answer(Producer producer) {
        return Reply.of(
                new InitProducerIdResponseData().setProducerId(producer.id()).setProducerEpoch(producer.epoch()));
    }
}
