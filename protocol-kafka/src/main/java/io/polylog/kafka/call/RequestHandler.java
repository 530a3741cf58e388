package io.polylog.kafka.call;

import io.polylog.kafka.codec.Reply;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Answers the requests of one API. Called on the connection's event loop, so it never blocks; shared by all connections.
 *
 * <p>The stage may complete on any thread. What is wrong with a part of a request is an error code in the answer. A
 * failed stage, or a throw, is answered with that error for the whole request, in the form the API has for it.
 */
@FunctionalInterface
public interface RequestHandler<Q extends ApiMessage> {

    CompletionStage<Reply> handle(Call call, Q request);
}
