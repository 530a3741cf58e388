package io.polylog.kafka.handler;

import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;

/** DeleteGroups: forgets groups without members, and their offsets. */
final class DeleteGroupsHandler implements RequestHandler<DeleteGroupsRequestData> {

    private final GroupCoordinator coordinator;

    DeleteGroupsHandler(GroupCoordinator coordinator) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DeleteGroupsRequestData request) {
        return coordinator
                .deleteGroups(
                        call.caller(), request.groupsNames().stream().distinct().toList())
                .thenApply(results -> Reply.of(new DeleteGroupsResponseData().setResults(results)));
    }
}
