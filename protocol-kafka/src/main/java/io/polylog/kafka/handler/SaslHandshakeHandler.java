package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.Errors;

/** SaslHandshake: agrees on a mechanism. After version 0 tokens follow bare, after version 1 in SaslAuthenticate. */
final class SaslHandshakeHandler implements RequestHandler<SaslHandshakeRequestData> {

    @Override
    public CompletionStage<Reply> handle(Call call, SaslHandshakeRequestData request) {
        SaslHandshakeResponseData response = new SaslHandshakeResponseData();
        Reply reply;
        try {
            call.login().begin(request.mechanism(), call.version() == 0);
            reply = Reply.of(response.setMechanisms(call.login().offered()));
        } catch (UnsupportedSaslMechanismException refused) {
            reply = new Reply.Farewell(response.setMechanisms(call.login().offered())
                    .setErrorCode(Errors.UNSUPPORTED_SASL_MECHANISM.code()));
        } catch (ApiException refused) {
            response.setErrorCode(Errors.forException(refused).code());
            reply = call.login().isKnown() ? Reply.of(response) : new Reply.Farewell(response);
        }
        return CompletableFuture.completedFuture(reply);
    }
}
