package io.polylog.kafka.telemetry;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;

/** GetTelemetrySubscriptions (KIP-714): which metrics a client is asked for. */
public final class GetTelemetrySubscriptionsHandler implements RequestHandler<GetTelemetrySubscriptionsRequestData> {

    private final ClientTelemetry telemetry;

    public GetTelemetrySubscriptionsHandler(ClientTelemetry telemetry) {
        this.telemetry = Objects.requireNonNull(telemetry, "telemetry");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, GetTelemetrySubscriptionsRequestData request) {
        return CompletableFuture.completedFuture(Reply.of(telemetry.ask(
                ClientTraits.seat(call, telemetry), ClientTraits.client(call), request.clientInstanceId())));
    }
}
