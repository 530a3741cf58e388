package io.polylog.kafka.share;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.Stages;
import io.polylog.share.Acquired;
import io.polylog.share.NotSettledException;
import io.polylog.share.Outcome;
import io.polylog.share.ShareConsumer;
import io.polylog.share.ShareListener;
import io.polylog.time.NanoClock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * A member's place at the ledger of one partition, taken when records are first asked for. Event loop of its session.
 */
final class ShareSeat implements ShareListener {

    private final ShareSession session;
    private final ShareSession.Place place;
    private final NanoClock clock;
    private final TreeMap<Long, Held> held = new TreeMap<>();
    private List<Acquired> fresh = new ArrayList<>();
    private Runnable onFresh = () -> {};
    private @Nullable ShareConsumer consumer;
    private Errors error = Errors.NONE;
    private boolean closed;

    /**
     * A record that the client was told it has.
     *
     * @param forgetNanos by then the ledger has long taken it back
     */
    private record Held(Acquired record, long forgetNanos) {}

    ShareSeat(ShareSession session, ShareSession.Place place, NanoClock clock) {
        this.session = session;
        this.place = place;
        this.clock = clock;
    }

    ShareSession.Place place() {
        return place;
    }

    /** What is wrong with the partition, as far as is known. */
    Errors error() {
        return error;
    }

    // ---- taking records -----------------------------------------------------------------------------------------

    /**
     * Takes up to so many records beyond those it has been given.
     *
     * @param onFresh run each time that some have come
     * @param dry run once, when all that there is has come, or the partition has an {@link #error}
     */
    void draw(int records, Runnable onFresh, Runnable dry) {
        this.onFresh = onFresh;
        error = session.check(place);
        if (error != Errors.NONE || closed) {
            session.execute(dry);
            return;
        }
        ShareConsumer joined = consumer;
        if (joined != null) {
            joined.credit(records).whenComplete((nothing, failure) -> session.execute(dry));
            return;
        }
        session.join(place, this)
                .whenComplete((made, failure) -> session.execute(() -> {
                    if (failure != null) {
                        error = ErrorMapping.of(failure);
                        dry.run();
                    } else if (closed) {
                        made.close();
                        dry.run();
                    } else {
                        consumer = made;
                        draw(records, onFresh, dry);
                    }
                }));
    }

    /** Nothing more is taken; what has come is {@link #fresh} still. */
    void stop() {
        onFresh = () -> {};
        if (consumer != null) {
            consumer.credit(0);
        }
    }

    @Override
    public void acquired(List<Acquired> records) {
        fresh.addAll(records);
        onFresh.run();
    }

    @Override
    public void ended(String reason) {
        consumer = null; // The next draw finds out why, or joins anew.
        held.clear();
        fresh.clear();
    }

    int freshRecords() {
        return fresh.size();
    }

    long freshBytes() {
        return fresh.stream().mapToLong(one -> one.record().sizeInBytes()).sum();
    }

    /** Takes over what has come, by offset. What is not {@linkplain #hold held} then is to be {@linkplain #giveBack given back}. */
    List<Acquired> takeFresh() {
        List<Acquired> taken = fresh;
        fresh = new ArrayList<>();
        taken.sort(Comparator.comparingLong(Acquired::offset));
        return taken;
    }

    void giveBack(List<Acquired> records) {
        if (consumer != null && !records.isEmpty()) {
            consumer.giveBack(records);
        }
    }

    /** The client is told that it has these. */
    void hold(List<Acquired> records) {
        long now = clock.nanoTime();
        held.values().removeIf(one -> one.forgetNanos() - now < 0);
        records.forEach(one -> held.put(one.offset(), new Held(one, forgetNanos(now))));
    }

    /** Twice the lock, since the ledger's own clock began earlier or later. */
    private long forgetNanos(long now) {
        return now + 2 * TimeUnit.MILLISECONDS.toNanos(session.settings().lockMs());
    }

    // ---- settling them ------------------------------------------------------------------------------------------

    /**
     * Settles or renews; all of it or, with INVALID_REQUEST or INVALID_RECORD_STATE, nothing, unless a lock runs out in this
     * very moment. The answer comes when it is durable, on the event loop.
     */
    CompletionStage<Errors> acknowledge(List<ShareAcknowledgement> acknowledgements, boolean mayRenew) {
        Errors invalid = ShareAcknowledgement.check(acknowledgements, mayRenew);
        ShareConsumer seated = consumer;
        if (invalid != Errors.NONE || acknowledgements.isEmpty()) {
            return CompletableFuture.completedStage(invalid);
        }
        Map<Outcome, List<Acquired>> outcomes = new EnumMap<>(Outcome.class);
        List<Acquired> renewed = new ArrayList<>();
        for (ShareAcknowledgement one : acknowledgements) {
            NavigableMap<Long, Held> acknowledged = held.subMap(one.first(), true, one.last(), true);
            if (seated == null || acknowledged.size() != one.count()) {
                return CompletableFuture.completedStage(Errors.INVALID_RECORD_STATE);
            }
            acknowledged.forEach((offset, record) -> one.outcome(offset)
                    .map(outcome -> outcomes.computeIfAbsent(outcome, any -> new ArrayList<>()))
                    .orElse(renewed)
                    .add(record.record()));
        }
        return settle(Objects.requireNonNull(seated), outcomes, renewed);
    }

    private CompletionStage<Errors> settle(
            ShareConsumer seated, Map<Outcome, List<Acquired>> outcomes, List<Acquired> renewed) {
        List<CompletionStage<Errors>> answers = new ArrayList<>();
        outcomes.forEach((outcome, records) -> {
            records.forEach(one -> held.remove(one.offset()));
            answers.add(answer(seated.settle(records, outcome)));
        });
        if (!renewed.isEmpty()) {
            long now = clock.nanoTime();
            renewed.forEach(one -> held.put(one.offset(), new Held(one, forgetNanos(now))));
            answers.add(answer(seated.renew(renewed)));
        }
        return Stages.all(answers)
                .thenApply(errors -> errors.stream()
                        .filter(each -> each != Errors.NONE)
                        .findFirst()
                        .orElse(Errors.NONE));
    }

    /** On the event loop; what could not be settled this time is held still. */
    private CompletionStage<Errors> answer(CompletionStage<Void> settled) {
        CompletableFuture<Errors> answer = new CompletableFuture<>();
        settled.whenComplete((nothing, failure) -> session.execute(() -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause instanceof NotSettledException refused && refused.refusal() != Refusal.NOT_ACQUIRED && !closed) {
                hold(refused.records());
            }
            boolean lost = cause instanceof RefusedException refused && refused.refusal() == Refusal.NOT_ACQUIRED;
            answer.complete(cause == null ? Errors.NONE : lost ? Errors.INVALID_RECORD_STATE : ErrorMapping.of(cause));
        }));
        return answer;
    }

    /** The member leaves; what it holds is available to others. */
    void close() {
        closed = true;
        onFresh = () -> {};
        held.clear();
        fresh.clear();
        if (consumer != null) {
            consumer.close();
            consumer = null;
        }
    }
}
