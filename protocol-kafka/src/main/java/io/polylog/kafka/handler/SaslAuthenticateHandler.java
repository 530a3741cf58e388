package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import io.polylog.kafka.sasl.Login;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * SaslAuthenticate: one token of the mechanism agreed on. Who fails hears so after {@link #FAILURE_DELAY_MS}, as with
 * Kafka's {@code connection.failed.authentication.delay.ms}, so that trying is slow; then the connection is closed.
 */
public final class SaslAuthenticateHandler implements RequestHandler<SaslAuthenticateRequestData> {

    /** Milliseconds until a failure is told. */
    public static final int FAILURE_DELAY_MS = 100;

    @Override
    public CompletionStage<Reply> handle(Call call, SaslAuthenticateRequestData request) {
        boolean known = call.login().isKnown();
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        call.login().step(request.authBytes()).whenComplete((step, failure) -> {
            if (failure == null) {
                reply.complete(Reply.of(answer(step)));
                return;
            }
            Throwable cause = ErrorMapping.unwrap(failure);
            SaslAuthenticateResponseData response = new SaslAuthenticateResponseData()
                    .setErrorCode(Errors.forException(cause).code())
                    .setErrorMessage(cause.getMessage());
            if (cause instanceof IllegalSaslStateException && known) {
                reply.complete(Reply.of(response));
            } else {
                call.eventLoop()
                        .schedule(
                                () -> reply.complete(new Reply.Farewell(response)),
                                FAILURE_DELAY_MS,
                                TimeUnit.MILLISECONDS);
            }
        });
        return reply;
    }

    private static SaslAuthenticateResponseData answer(Login.Step step) {
        return new SaslAuthenticateResponseData()
                .setAuthBytes(step.challenge())
                .setSessionLifetimeMs(step.lifetimeMs());
    }
}
