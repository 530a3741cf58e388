package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/**
 * FindCoordinator: this gateway, for every group and every transactional id.
 */
final class FindCoordinatorHandler implements RequestHandler<FindCoordinatorRequestData> {

    private static final int NOBODY = -1;

    private final Endpoint endpoint;

    FindCoordinatorHandler(Endpoint endpoint) {
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, FindCoordinatorRequestData request) {
        Errors error = check(request.keyType());
        String host = error == Errors.NONE ? endpoint.host(call) : "";
        int port = error == Errors.NONE ? endpoint.port(call) : NOBODY;
        int node = error == Errors.NONE ? endpoint.nodeId() : NOBODY;
        String message = error == Errors.NONE ? null : error.message();
        FindCoordinatorResponseData response = new FindCoordinatorResponseData();
        if (call.version() < FindCoordinatorRequest.MIN_BATCHED_VERSION) {
            response.setNodeId(node)
                    .setHost(host)
                    .setPort(port)
                    .setErrorCode(error.code())
                    .setErrorMessage(message);
        } else {
            for (String key : request.coordinatorKeys()) {
                response.coordinators()
                        .add(new Coordinator()
                                .setKey(key)
                                .setNodeId(node)
                                .setHost(host)
                                .setPort(port)
                                .setErrorCode(error.code())
                                .setErrorMessage(message));
            }
        }
        return CompletableFuture.completedFuture(Reply.of(response));
    }

    private static Errors check(byte keyType) {
        boolean known = keyType == CoordinatorType.GROUP.id()
                || keyType == CoordinatorType.TRANSACTION.id()
                || keyType
                        == CoordinatorType.SHARE.id(); // its state lies with the partition, and that here too (KIP-932)
        return known ? Errors.NONE : Errors.INVALID_REQUEST;
    }
}
