package io.polylog.share;

import io.polylog.broker.Isolation;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One consumer's place in a share group: in the ledger of every partition, with one credit for all of them. Thread-safe;
 * what it asks for is done on the threads of the ledgers, in call order.
 */
final class Member implements ShareConsumer {

    /** A ledger and the executor of its thread. */
    record Seat(Ledger ledger, Executor thread) {}

    /**
     * What goes for the records it holds.
     *
     * @param lockMs how long it may hold one; 0 for as long as it stays
     * @param deliveryLimit how often one is handed out at most before this member gives it back
     * @param maxLocks of a partition of which that many are held it gets no more
     * @param isolation what it would get of transactions
     */
    record Rules(long lockMs, OptionalInt deliveryLimit, int maxLocks, Isolation isolation) {

        /** Whether each time that it gives a record back is counted. */
        boolean countsDeliveries() {
            return deliveryLimit.isPresent();
        }

        /** Whether a record that it gives back was handed out too often to be given to anybody again. */
        boolean exhausts(Delivery delivery) {
            return deliveryLimit.isPresent() && delivery.acquisitions() >= deliveryLimit.getAsInt();
        }
    }

    private final Executor owner;
    private final ShareListener listener;
    private final Runnable onClosed;
    private final Rules rules;
    private final Credit credit = new Credit();
    private final Map<Integer, Seat> seats = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    Member(Executor owner, ShareListener listener, Rules rules, Runnable onClosed) {
        this.owner = owner;
        this.listener = listener;
        this.rules = rules;
        this.onClosed = onClosed;
    }

    Rules rules() {
        return rules;
    }

    Credit credit() {
        return credit;
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Called on the ledger's thread, when the member joins it. */
    void seat(int partition, Seat seat) {
        seats.put(partition, seat);
    }

    @Override
    public CompletionStage<Void> credit(int records) {
        if (records < 0) {
            throw new IllegalArgumentException("credit " + records);
        }
        credit.set(records);
        Gathering reply = new Gathering();
        for (Seat seat : seats.values()) {
            reply.expect();
            seat.thread.execute(() -> seat.ledger.credit(this, reply));
        }
        reply.done();
        return reply.stage();
    }

    @Override
    public CompletionStage<Void> settle(Collection<Acquired> records, Outcome outcome) {
        return atLedgers(records, (ledger, acquired, reply) -> ledger.settle(this, acquired, outcome, reply));
    }

    @Override
    public CompletionStage<Void> renew(Collection<Acquired> records) {
        return atLedgers(records, (ledger, acquired, reply) -> ledger.renew(this, acquired, reply));
    }

    @Override
    public void giveBack(Collection<Acquired> records) {
        atLedgers(records, (ledger, acquired, reply) -> {
            ledger.neverHanded(this, acquired);
            reply.done();
        });
    }

    /** What is done with records of one ledger, on its thread. */
    @FunctionalInterface
    private interface Work {
        void at(Ledger ledger, List<Acquired> records, Gathering reply);
    }

    private CompletionStage<Void> atLedgers(Collection<Acquired> records, Work work) {
        Map<Integer, List<Acquired>> byPartition = new HashMap<>();
        for (Acquired acquired : records) {
            byPartition
                    .computeIfAbsent(acquired.partition().partition(), partition -> new ArrayList<>())
                    .add(acquired);
        }
        Gathering reply = new Gathering();
        byPartition.forEach((partition, acquired) -> {
            @Nullable Seat seat = seats.get(partition);
            if (seat == null) {
                TopicPartition unknown = acquired.get(0).partition();
                reply.notSettled(
                        acquired,
                        new RefusedException(Refusal.NOT_ACQUIRED, "this consumer holds nothing of " + unknown));
            } else {
                reply.expect();
                seat.thread.execute(() -> work.at(seat.ledger, acquired, reply));
            }
        });
        reply.done();
        return reply.stage();
    }

    /** Hands acquired records over. Ledger's thread. */
    void hand(Ledger ledger, List<Acquired> records) {
        int partition = records.get(0).partition().partition();
        toOwner(() -> {
            int allowed = credit.hand(records.size());
            if (allowed < records.size()) {
                credit.giveBack(records.size() - allowed);
                Seat seat = seats.get(partition);
                if (seat != null) {
                    List<Acquired> excess = List.copyOf(records.subList(allowed, records.size()));
                    seat.thread.execute(() -> ledger.neverHanded(this, excess));
                }
            }
            if (allowed > 0) {
                listener.acquired(List.copyOf(records.subList(0, allowed)));
            }
        });
    }

    /** A ledger has ended, and with it this member's part in the group. Any ledger's thread. */
    void end(String reason) {
        if (leave()) {
            try {
                owner.execute(() -> listener.ended(reason));
            } catch (RejectedExecutionException ownerStopped) {
                return; // Nobody is left to be told.
            }
        }
    }

    @Override
    public void close() {
        leave();
    }

    private boolean leave() {
        if (!closed.compareAndSet(false, true)) {
            return false;
        }
        seats.values().forEach(seat -> seat.thread.execute(() -> seat.ledger.leave(this)));
        onClosed.run();
        return true;
    }

    private void toOwner(Runnable task) {
        try {
            owner.execute(() -> {
                if (!closed.get()) {
                    task.run();
                } // What it was to get has been released with the rest.
            });
        } catch (RejectedExecutionException ownerStopped) {
            close();
        }
    }
}
