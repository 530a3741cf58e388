package io.polylog.kafka.handler;

import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.TransactionErrors;
import io.polylog.kafka.codec.Reply;
import io.polylog.txn.Producer;
import io.polylog.txn.TransactionCoordinator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.protocol.Errors;

/** AddOffsetsToTxn: the partition that holds a group's offsets becomes part of the transaction. */
final class AddOffsetsToTxnHandler implements RequestHandler<AddOffsetsToTxnRequestData> {

    private static final short FIRST_VERSION_WITH_FENCED = 2;

    private final GroupCoordinator groups;
    private final TransactionCoordinator transactions;

    AddOffsetsToTxnHandler(GroupCoordinator groups, TransactionCoordinator transactions) {
        this.groups = Objects.requireNonNull(groups, "groups");
        this.transactions = Objects.requireNonNull(transactions, "transactions");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, AddOffsetsToTxnRequestData request) {
        if (request.transactionalId().isEmpty()) {
            throw Errors.INVALID_REQUEST.exception();
        }
        Producer producer = new Producer(request.producerId(), request.producerEpoch());
        return groups.offsetsPartition(request.groupId())
                .thenCompose(partition -> transactions.add(request.transactionalId(), producer, List.of(partition)))
                .handle((added, failure) -> Reply.of(new AddOffsetsToTxnResponseData()
                        .setErrorCode((failure == null
                                        ? Errors.NONE
                                        : TransactionErrors.of(failure, call.version() >= FIRST_VERSION_WITH_FENCED))
                                .code())));
    }
}
