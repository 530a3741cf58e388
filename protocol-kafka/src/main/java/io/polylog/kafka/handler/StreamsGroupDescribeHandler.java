package io.polylog.kafka.handler;

import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.AuthorizedOperations;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.protocol.Errors;

/** StreamsGroupDescribe (KIP-1071): members, tasks and topology of groups of Kafka Streams. */
final class StreamsGroupDescribeHandler implements RequestHandler<StreamsGroupDescribeRequestData> {

    private final GroupCoordinator coordinator;

    StreamsGroupDescribeHandler(GroupCoordinator coordinator) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, StreamsGroupDescribeRequestData request) {
        return coordinator
                .streamsGroupDescribe(call.caller(), request.groupIds())
                .thenApply(groups -> {
                    if (request.includeAuthorizedOperations()) {
                        groups.stream()
                                .filter(group -> group.errorCode() == Errors.NONE.code())
                                .forEach(group -> group.setAuthorizedOperations(AuthorizedOperations.GROUP));
                    }
                    return Reply.of(new StreamsGroupDescribeResponseData().setGroups(groups));
                });
    }
}
