package io.polylog.kafka.handler;

import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;

/** LeaveGroup: members leave a group by themselves or are removed; versions before 3 carry one member (KIP-345). */
final class LeaveGroupHandler implements RequestHandler<LeaveGroupRequestData> {

    private final GroupCoordinator coordinator;

    LeaveGroupHandler(GroupCoordinator coordinator) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, LeaveGroupRequestData request) {
        LeaveGroupRequestData normalized = ((LeaveGroupRequest) call.request().body()).normalizedData();
        return coordinator
                .leaveGroup(call.caller(), normalized)
                .thenApply(response -> Reply.of(new LeaveGroupResponse(response, call.version()).data()));
    }
}
