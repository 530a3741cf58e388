package io.polylog.kafka.handler;

import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.AuthorizedOperations;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.protocol.Errors;

/** DescribeGroups: the members of classic groups and what they read. */
final class DescribeGroupsHandler implements RequestHandler<DescribeGroupsRequestData> {

    private final GroupCoordinator coordinator;

    DescribeGroupsHandler(GroupCoordinator coordinator) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DescribeGroupsRequestData request) {
        return coordinator.describeGroups(call.caller(), request.groups()).thenApply(groups -> {
            if (request.includeAuthorizedOperations()) {
                groups.stream()
                        .filter(group -> group.errorCode() == Errors.NONE.code())
                        .forEach(group -> group.setAuthorizedOperations(AuthorizedOperations.GROUP));
            }
            return Reply.of(new DescribeGroupsResponseData().setGroups(groups));
        });
    }
}
