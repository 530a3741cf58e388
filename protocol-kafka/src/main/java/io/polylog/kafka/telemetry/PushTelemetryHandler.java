package io.polylog.kafka.telemetry;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.message.PushTelemetryResponseData;

/** PushTelemetry (KIP-714): metrics of a client, unfolded and read on a worker. */
public final class PushTelemetryHandler implements RequestHandler<PushTelemetryRequestData> {

    private final ClientTelemetry telemetry;

    public PushTelemetryHandler(ClientTelemetry telemetry) {
        this.telemetry = Objects.requireNonNull(telemetry, "telemetry");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, PushTelemetryRequestData request) {
        return telemetry
                .push(
                        ClientTraits.seat(call, telemetry),
                        ClientTraits.client(call),
                        request,
                        task -> call.lane().run(false, task))
                .thenApply(error -> Reply.of(new PushTelemetryResponseData().setErrorCode(error.code())));
    }
}
