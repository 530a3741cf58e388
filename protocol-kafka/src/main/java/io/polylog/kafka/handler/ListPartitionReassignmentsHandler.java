package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;

/** ListPartitionReassignments: none is ever under way; {@code kafka-topics --describe} asks. */
final class ListPartitionReassignmentsHandler implements RequestHandler<ListPartitionReassignmentsRequestData> {

    @Override
    public CompletionStage<Reply> handle(Call call, ListPartitionReassignmentsRequestData request) {
        return CompletableFuture.completedFuture(
                Reply.of(new ListPartitionReassignmentsResponseData().setErrorMessage(null)));
    }
}
