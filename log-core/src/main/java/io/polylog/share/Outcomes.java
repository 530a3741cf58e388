package io.polylog.share;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.TopicSettings;
import io.polylog.engine.LedgerId;
import io.polylog.engine.ReplicaGroup;
import io.polylog.engine.Settlement;
import io.polylog.metric.Meters;
import io.polylog.record.TopicPartition;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the deliveries of one ledger end: accepted, given back, counted as failed, or taken to the dead letters; by their
 * holder, by the end of its lock or of its membership, or because their time is over. Ledger's thread.
 */
final class Outcomes implements SettleQueue.Results {

    private final TopicPartition partition;
    private final SharePorts ports;
    private final Window window;
    private final Turns members;
    private final Runnable onAnswered;
    private final Meters.Counter locksExpired;
    private final SettleQueue settling;
    private final DeadLetters deadLetters;
    private final Locks locks;
    private final QueueTrim trim;
    private boolean stale;

    /**
     * @param onAnswered run when outcomes have become durable, or been refused
     * @param onPrepared run when this may have become {@linkplain #isIdle idle}
     * @param onAvailable run when records have become available by themselves
     */
    Outcomes(
            LedgerId id,
            TopicPartition partition,
            ReplicaGroup group,
            SharePorts ports,
            Window window,
            Turns members,
            Runnable onAnswered,
            Runnable onPrepared,
            Runnable onAvailable) {
        this.partition = partition;
        this.ports = ports;
        this.window = window;
        this.members = members;
        this.onAnswered = onAnswered;
        this.locksExpired = ports.topicMeters()
                .counter(partition.topicId(), partition.topic(), "polylog_share_locks_expired_total");
        this.settling = new SettleQueue(id, group, this);
        this.deadLetters = new DeadLetters(id, partition, group, ports, settling, onPrepared);
        this.locks = new Locks(ports.nanoClock(), ports.scheduler(), group.executor(), this::lockExpired, onAvailable);
        this.trim = new QueueTrim(partition, group, ports.topics());
    }

    // ---- what members and time decide ---------------------------------------------------------------------------

    /** A member holds a record from now on, for as long as it may. */
    void held(Delivery delivery, Member member) {
        locks.lock(delivery, member.rules().lockMs());
    }

    /** The member holds these from now on for as long as new ones; what it does not hold fails the reply. */
    void renew(Member member, Collection<Acquired> records, Gathering reply) {
        for (Acquired acquired : records) {
            Delivery delivery = heldBy(member, acquired, reply);
            if (delivery != null) {
                locks.unlock(delivery);
                held(delivery, member);
            }
        }
        reply.done();
    }

    /** Settles what the member holds of these; what it does not hold fails the reply. */
    void settle(Member member, Collection<Acquired> records, Outcome outcome, Gathering reply) {
        int limit = ports.topics()
                .find(partition.topicId())
                .map(TopicSettings::deliveryLimit)
                .orElse(Integer.MAX_VALUE);
        for (Acquired acquired : records) {
            Delivery delivery = heldBy(member, acquired, reply);
            if (delivery != null) {
                locks.unlock(delivery);
                settle(member, delivery, outcome, limit, new Reply(acquired, reply));
            }
        }
        reply.done();
        flush();
    }

    /** The delivery, if the member holds it; if not, the reply will say so. */
    private @Nullable Delivery heldBy(Member member, Acquired acquired, Gathering reply) {
        Delivery delivery = window.taken(acquired.offset());
        if (delivery != null && delivery.isHeldBy(member, acquired.acquisitionId())) {
            return delivery;
        }
        reply.notSettled(
                List.of(acquired),
                new RefusedException(
                        Refusal.NOT_ACQUIRED,
                        "record " + acquired.offset() + " of " + partition + " is not held by this consumer"));
        return null;
    }

    private void settle(Member member, Delivery delivery, Outcome outcome, int limit, Reply reply) {
        if (outcome == Outcome.RELEASE_ELSEWHERE || outcome == Outcome.FAIL_ELSEWHERE) {
            delivery.declinedBy(member);
        }
        switch (outcome) {
            case ACCEPT -> settle(delivery, Settlement.Kind.ACCEPTED, reply);
            case RELEASE, RELEASE_ELSEWHERE -> {
                if (delivery.isUnwanted(members.all())) {
                    die(delivery, Death.Reason.REJECTED, delivery.failures(), reply);
                } else {
                    release(delivery, member, reply);
                }
            }
            case FAIL, FAIL_ELSEWHERE -> {
                if (delivery.failures() >= limit) {
                    die(delivery, Death.Reason.DELIVERY_LIMIT, delivery.failures() + 1, reply);
                } else if (delivery.isUnwanted(members.all())) {
                    die(delivery, Death.Reason.REJECTED, delivery.failures() + 1, reply);
                } else {
                    settle(delivery, Settlement.Kind.FAILED, reply);
                }
            }
            case REJECT -> die(delivery, Death.Reason.REJECTED, deaths(delivery, member), reply);
        }
    }

    /** Gives back what the member holds, which may have been once too often. */
    private void release(Delivery delivery, Member member, @Nullable Reply reply) {
        if (member.rules().exhausts(delivery)) {
            die(delivery, Death.Reason.DELIVERY_LIMIT, deaths(delivery, member), reply);
        } else if (member.rules().countsDeliveries()) {
            settle(delivery, Settlement.Kind.RELEASED, reply);
        } else {
            delivery.released();
            giveBack(delivery);
        }
    }

    /** How often delivery has failed by the member's way of counting. */
    private static int deaths(Delivery delivery, Member member) {
        return member.rules().countsDeliveries() ? delivery.acquisitions() : delivery.failures();
    }

    private void settle(Delivery delivery, Settlement.Kind kind, @Nullable Reply reply) {
        delivery.settling();
        if (reply != null) {
            reply.gathering().expect();
        }
        settling.add(new SettleQueue.Settling(delivery, kind, reply));
    }

    private void die(Delivery delivery, Death.Reason reason, int failures, @Nullable Reply reply) {
        delivery.settling();
        if (reply != null) {
            reply.gathering().expect();
        }
        deadLetters.add(new DeadLetters.Case(delivery, reason, failures, reply));
    }

    /** The member, which is no member any more, gives back what it holds. */
    void left(Member member) {
        for (Delivery delivery : window.heldBy(member)) {
            locks.unlock(delivery);
            release(delivery, member, null);
        }
        withdrawUnwanted();
        flush();
    }

    /** AMQP 1.0 part 3, §3.4.5: undeliverable-here, and there is no elsewhere. */
    private void withdrawUnwanted() {
        window.unwanted(members.all()).forEach(delivery -> withdraw(delivery, Death.Reason.REJECTED));
    }

    /** Finds out which records are committed after all; those that are not are archived. */
    void decideDoubts(LedgerReader.Skipped skipped) {
        window.decideDoubts(aborted -> {
            settling.gap(aborted.offset(), aborted.offset() + 1);
            skipped.count(aborted.offset(), aborted.offset() + 1);
        });
        withdrawUnwanted();
    }

    /** Takes back records that could not be handed to the member after all. */
    void neverHanded(Member member, Collection<Acquired> records) {
        for (Acquired acquired : records) {
            Delivery delivery = window.taken(acquired.offset());
            if (delivery != null && delivery.isHeldBy(member, acquired.acquisitionId())) {
                locks.unlock(delivery);
                delivery.neverHanded();
                window.giveBack(delivery);
            }
        }
    }

    /** The time of a record that nobody holds is over. */
    void expired(Delivery taken) {
        withdraw(taken, Death.Reason.EXPIRED);
    }

    private void lockExpired(Delivery delivery) {
        Member holder = delivery.holder();
        if (holder != null) {
            locksExpired.add(1);
            release(delivery, holder, null);
        }
    }

    /** Available again, unless nobody is left who would have it. */
    private void giveBack(Delivery delivery) {
        window.giveBack(delivery);
        if (window.isAvailable(delivery) && delivery.isUnwanted(members.all())) {
            withdraw(delivery, Death.Reason.REJECTED);
        }
    }

    private void withdraw(Delivery available, Death.Reason reason) {
        window.take(available);
        available.withdrawn();
        deadLetters.add(new DeadLetters.Case(available, reason, available.failures(), null));
    }

    // ---- what becomes of it -------------------------------------------------------------------------------------

    /** Where offsets without a record are archived along. */
    SettleQueue settling() {
        return settling;
    }

    /** Sends off what was decided. */
    void flush() {
        settling.flush();
    }

    /** Whether nothing is on its way. */
    boolean isIdle() {
        return settling.isIdle() && deadLetters.isIdle();
    }

    /** Whether somebody else has settled what is held here. */
    boolean isStale() {
        return stale;
    }

    @Override
    public void settled(SettleQueue.Item item) {
        if (item instanceof SettleQueue.Dying dying) {
            archived(dying.delivery());
            deadLetters.settled(dying);
        } else if (item instanceof SettleQueue.Settling outcome) {
            switch (outcome.kind()) {
                case FAILED -> {
                    outcome.delivery().failed();
                    giveBack(outcome.delivery());
                }
                case RELEASED -> {
                    outcome.delivery().returned();
                    giveBack(outcome.delivery());
                }
                case ACCEPTED, REJECTED -> archived(outcome.delivery());
            }
            if (outcome.reply() != null) {
                outcome.reply().settled();
            }
        }
    }

    private void archived(Delivery delivery) {
        window.archived(delivery);
        trim.settled(delivery.sizeInBytes());
    }

    @Override
    public void refused(SettleQueue.Item item, Throwable cause) {
        boolean notAcquired = cause instanceof RefusedException refused && refused.refusal() == Refusal.NOT_ACQUIRED;
        if (notAcquired) {
            stale = true;
            window.archived(item.delivery());
        }
        if (item instanceof SettleQueue.Dying dying) {
            if (!notAcquired) {
                deadLetters.park(dying.about(), cause);
            } else if (dying.about().reply() != null) {
                dying.about().reply().refused(cause);
            }
        } else if (item instanceof SettleQueue.Settling outcome) {
            if (!notAcquired) {
                undo(outcome.delivery());
            }
            if (outcome.reply() != null) {
                outcome.reply().refused(cause);
            }
        }
    }

    /** The outcome is as if it had not been given. */
    private void undo(Delivery delivery) {
        Member holder = delivery.heldAgain();
        if (members.contains(holder)) {
            held(delivery, holder);
        } else {
            delivery.released();
            window.giveBack(delivery);
        }
    }

    @Override
    public void answered() {
        trim.proposeIfDue();
        onAnswered.run();
    }

    /** Outcomes under way are answered still: they are durable or not, whoever is left. */
    void close() {
        locks.close();
        deadLetters.close();
    }
}
