package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.protocol.Errors;

/** UnregisterBroker: this node is the only one, and cannot be done without. */
final class UnregisterBrokerHandler implements RequestHandler<UnregisterBrokerRequestData> {

    private final Endpoint endpoint;

    UnregisterBrokerHandler(Endpoint endpoint) {
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, UnregisterBrokerRequestData request) {
        boolean here = request.brokerId() == endpoint.nodeId();
        Errors error = here ? Errors.INVALID_REQUEST : Errors.BROKER_ID_NOT_REGISTERED;
        String message = here
                ? "broker " + request.brokerId() + " answers this request and cannot be unregistered"
                : error.message();
        return CompletableFuture.completedFuture(Reply.of(
                new UnregisterBrokerResponseData().setErrorCode(error.code()).setErrorMessage(message)));
    }
}
