package io.polylog.kafka.guard;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Stands before the handler of one API: takes out of a request what its client may not do, lets the rest be worked on, and
 * puts the refusals into the answer, in the form in which Kafka tells of them. Called on the connection's event loop;
 * shared by all connections. A throw refuses the request whole.
 */
@FunctionalInterface
public interface Guard<Q extends ApiMessage> {

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

    /** Those for which {@code may} holds; the others go into {@code refused}. */
    static <T> List<T> kept(List<T> all, Predicate<T> may, List<T> refused) {
        List<T> kept = new ArrayList<>(all.size());
        for (T one : all) {
            (may.test(one) ? kept : refused).add(one);
        }
        return kept;
    }

    /** Takes those out for which {@code may} does not hold, and answers them. */
    static <T> List<T> takenOut(Collection<T> all, Predicate<T> may) {
        List<T> refused = new ArrayList<>();
        all.removeIf(one -> !may.test(one) && refused.add(one));
        return refused;
    }

    /** What was answered, and the refusals after it. */
    static <T, R> List<R> joined(List<R> answered, List<T> refused, Function<T, R> refusal) {
        List<R> all = new ArrayList<>(answered);
        refused.forEach(one -> all.add(refusal.apply(one)));
        return all;
    }
}
