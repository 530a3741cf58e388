package io.polylog.kafka.handler;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import io.polylog.time.EpochClock;
import io.polylog.txn.Phase;
import io.polylog.txn.Transaction;
import io.polylog.txn.TransactionCoordinator;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.ListTransactionsResponseData.TransactionState;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** ListTransactions: the transactional ids that fit all of the filters; by age from version 1 on, by pattern from 2 on. */
final class ListTransactionsHandler implements RequestHandler<ListTransactionsRequestData> {

    /** The phases as Kafka names them, and two that it passes through and nothing here ever stands in. */
    private static final Set<String> STATES = states();

    private final TransactionCoordinator transactions;
    private final EpochClock clock;

    ListTransactionsHandler(TransactionCoordinator transactions, EpochClock clock) {
        this.transactions = Objects.requireNonNull(transactions, "transactions");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    private static Set<String> states() {
        Set<String> states = Arrays.stream(Phase.values()).map(Phase::title).collect(Collectors.toSet());
        states.add("Dead");
        states.add("PrepareEpochFence");
        return states;
    }

    @Override
    public CompletionStage<Reply> handle(Call call, ListTransactionsRequestData request) {
        ListTransactionsResponseData response = new ListTransactionsResponseData();
        Set<String> states = new HashSet<>();
        for (String state : request.stateFilters()) {
            (STATES.contains(state) ? states : response.unknownStateFilters()).add(state);
        }
        Predicate<String> pattern;
        try {
            pattern = pattern(request.transactionalIdPattern());
        } catch (PatternSyntaxException wrong) {
            return CompletableFuture.completedFuture(
                    Reply.of(response.setErrorCode(Errors.INVALID_REGULAR_EXPRESSION.code())));
        }
        boolean onlyUnknown = states.isEmpty() && !request.stateFilters().isEmpty();
        Set<Long> producers = new HashSet<>(request.producerIdFilters());
        long nowMs = clock.timeMs();
        for (Transaction found : onlyUnknown ? java.util.List.<Transaction>of() : transactions.all()) {
            boolean fits = (states.isEmpty() || states.contains(found.phase().title()))
                    && (producers.isEmpty()
                            || producers.contains(found.producer().id()))
                    && isOlder(found, nowMs, request.durationFilter())
                    && pattern.test(found.id());
            if (fits) {
                response.transactionStates()
                        .add(new TransactionState()
                                .setTransactionalId(found.id())
                                .setProducerId(found.producer().id())
                                .setTransactionState(found.phase().title()));
            }
        }
        return CompletableFuture.completedFuture(Reply.of(response));
    }

    /** Counted from the last begin, whatever became of it; an id that has never begun one is of any age, as in Kafka. */
    private static boolean isOlder(Transaction found, long nowMs, long durationMs) {
        return durationMs < 0 || nowMs - found.startedMs() > durationMs;
    }

    private static Predicate<String> pattern(@Nullable String expression) {
        if (expression == null || expression.isEmpty()) {
            return id -> true;
        }
        Pattern compiled = Pattern.compile(expression);
        return id -> compiled.matcher(id).matches();
    }
}
