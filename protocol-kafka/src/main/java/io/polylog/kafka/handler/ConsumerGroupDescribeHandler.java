package io.polylog.kafka.handler;

import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.AuthorizedOperations;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.protocol.Errors;

/** ConsumerGroupDescribe (KIP-848): members, epochs and assignments of groups of the next protocol. */
final class ConsumerGroupDescribeHandler implements RequestHandler<ConsumerGroupDescribeRequestData> {

    private final GroupCoordinator coordinator;

    ConsumerGroupDescribeHandler(GroupCoordinator coordinator) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, ConsumerGroupDescribeRequestData request) {
        return coordinator
                .consumerGroupDescribe(call.caller(), request.groupIds())
                .thenApply(groups -> {
                    if (request.includeAuthorizedOperations()) {
                        groups.stream()
                                .filter(group -> group.errorCode() == Errors.NONE.code())
                                .forEach(group -> group.setAuthorizedOperations(AuthorizedOperations.GROUP));
                    }
                    return Reply.of(new ConsumerGroupDescribeResponseData().setGroups(groups));
                });
    }
}
