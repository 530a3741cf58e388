package io.polylog.kafka.handler;

import io.polylog.group.ShareCoordinator;
import io.polylog.kafka.call.AuthorizedOperations;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.protocol.Errors;

/** ShareGroupDescribe (KIP-932): members, epochs and assignments of share groups. */
final class ShareGroupDescribeHandler implements RequestHandler<ShareGroupDescribeRequestData> {

    private final ShareCoordinator coordinator;

    ShareGroupDescribeHandler(ShareCoordinator coordinator) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, ShareGroupDescribeRequestData request) {
        return coordinator.describe(call.caller(), request.groupIds()).thenApply(groups -> {
            if (request.includeAuthorizedOperations()) {
                groups.stream()
                        .filter(group -> group.errorCode() == Errors.NONE.code())
                        .forEach(group -> group.setAuthorizedOperations(AuthorizedOperations.GROUP));
            }
            return Reply.of(new ShareGroupDescribeResponseData().setGroups(groups));
        });
    }
}
