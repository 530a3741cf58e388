package io.polylog.kafka.handler;

import io.polylog.kafka.codec.Reply;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Stands before the handler of one API: takes out of a request what its client may not do, lets the rest be worked on, and
 * puts the refusals into the answer, in the form in which Kafka tells of them. Called on the connection's event loop;
 * shared by all connections. A throw refuses the request whole.
 */
@FunctionalInterface
interface Guard<Q extends ApiMessage> {

    /**
     * @param request the guard may change it
     * @param rest works on what is left of the request; called once at most
     */
    CompletionStage<Reply> check(Call call, Q request, Supplier<CompletionStage<Reply>> rest);

    /** What changes an answer on its way; it leaves alone what is none. */
    static <B extends ApiMessage> UnaryOperator<Reply> changing(Class<B> type, Consumer<B> change) {
        return reply -> {
            if (reply instanceof Reply.Answer answer && type.isInstance(answer.body())) {
                change.accept(type.cast(answer.body()));
            }
            return reply;
        };
    }
}
