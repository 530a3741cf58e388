package io.polylog.share;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.TopicSettings;
import io.polylog.engine.LedgerId;
import io.polylog.engine.LedgerSnapshot;
import io.polylog.engine.OpenLedger;
import io.polylog.engine.ReplicaGroup;
import io.polylog.engine.Settlement;
import io.polylog.metric.Meters;
import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One share group on one partition, as its leader sees it: who holds what. What is settled is durable elsewhere, in the
 * state of the partition's replica group; this is made when the first member joins and forgotten when the last has left and
 * its outcomes are answered.
 *
 * <p>Owned by the apply thread of the partition's replica group; every method must be called there. When the partition
 * can be read no more, every member is told and nothing follows.
 */
final class Ledger implements SettleQueue.Results {

    private final LedgerId id;
    private final TopicPartition partition;
    private final ReplicaGroup group;
    private final SharePorts ports;
    private final ShareLimits limits;
    private final Meters.Counter skipped;
    private final Meters.Counter locksExpired;
    private final Runnable onClosed;

    private final Turns members = new Turns();
    private final List<Gathering> joining = new ArrayList<>();
    private final List<CreditReply> creditReplies = new ArrayList<>();
    private final Window window;
    private final SettleQueue settling;
    private final DeadLetters deadLetters;
    private final DeliveryMark mark;
    private final QueueTrim trim;
    private final Locks locks;
    private @Nullable LedgerReader reader;
    private long nextAcquisitionId;
    private boolean turnScheduled;
    private boolean stale;
    private boolean closed;

    /** Answers a credit call once there is nothing left that the credit could get below {@code end}. */
    private record CreditReply(Member member, long end, Gathering reply) {}

    Ledger(
            LedgerId id,
            TopicPartition partition,
            ReplicaGroup group,
            SharePorts ports,
            ShareLimits limits,
            Runnable onClosed) {
        this.id = id;
        this.partition = partition;
        this.group = group;
        this.ports = ports;
        this.limits = limits;
        this.skipped = ports.meters().counter("polylog_share_skipped_offsets_total", "topic", partition.topic());
        this.locksExpired = ports.meters().counter("polylog_share_locks_expired_total", "topic", partition.topic());
        this.onClosed = onClosed;
        this.window = new Window(limits);
        this.settling = new SettleQueue(id, group, this);
        this.deadLetters = new DeadLetters(id, partition, group, ports, settling, this::closeIfLeft);
        this.mark = new DeliveryMark(id, group);
        this.trim = new QueueTrim(partition, group, ports.topics());
        this.locks = new Locks(ports.nanoClock(), ports.scheduler(), group.executor(), this::lockExpired, this::pump);
    }

    /** Makes the ledger durable, or finds it so, and begins to read. Called once. */
    void open(boolean fromLogStart) {
        group.propose(new OpenLedger(id, fromLogStart)).whenComplete((snapshot, failure) -> {
            if (group.isOwner()) {
                opened(snapshot, failure);
            } else {
                group.executor().execute(() -> opened(snapshot, failure));
            }
        });
    }

    private void opened(@Nullable LedgerSnapshot snapshot, @Nullable Throwable failure) {
        if (closed) {
            return;
        }
        if (snapshot == null) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            Throwable known = cause == null ? new IllegalStateException("no reply") : cause;
            joining.forEach(reply -> reply.failed(known));
            close();
            return;
        }
        mark.start(snapshot.deliveredEnd());
        reader = new LedgerReader(
                partition, snapshot, ports.dispatcher(), group.executor(), this::pump, limits, skipped);
        joining.forEach(Gathering::done);
        joining.clear();
        pump();
    }

    /** Adds a member; the reply is done when records can reach it. */
    void join(Member member, Gathering reply) {
        expectOwner();
        members.add(member);
        if (reader == null) {
            joining.add(reply);
        } else {
            reply.done();
            pump();
        }
    }

    /** Removes a member and makes available what it holds. The last one takes the ledger along. */
    void leave(Member member) {
        expectOwner();
        if (!members.remove(member)) {
            return;
        }
        for (Delivery delivery : window.heldBy(member)) {
            locks.unlock(delivery);
            delivery.released();
            window.giveBack(delivery);
        }
        // AMQP 1.0 part 3, §3.4.5: undeliverable-here, and there is no elsewhere.
        window.unwanted(members.all()).forEach(delivery -> withdraw(delivery, Death.Reason.REJECTED));
        settling.flush();
        if (!closeIfLeft()) {
            pump();
        }
    }

    /** Outcomes that are on their way are seen off first: whoever opens the ledger next must find them. */
    private boolean closeIfLeft() {
        if (members.isEmpty() && settling.isIdle() && deadLetters.isIdle()) {
            close();
        }
        return closed;
    }

    /** The member's credit has changed. */
    void credit(Member member, Gathering reply) {
        expectOwner();
        if (closed) {
            reply.done();
            return;
        }
        long end;
        try {
            end = ports.fetcher().offsets(partition).highWatermark();
        } catch (RefusedException gone) {
            end = 0; // The reader will say so; until then nothing can be had.
        }
        creditReplies.add(new CreditReply(member, end, reply));
        pump();
    }

    /** Settles what the member holds of these; what it does not hold fails the reply. */
    void settle(Member member, Collection<Acquired> records, Outcome outcome, Gathering reply) {
        expectOwner();
        int limit = ports.topics()
                .find(partition.topicId())
                .map(TopicSettings::deliveryLimit)
                .orElse(Integer.MAX_VALUE);
        for (Acquired acquired : records) {
            Delivery delivery = window.taken(acquired.offset());
            if (delivery == null || !delivery.isHeldBy(member, acquired.acquisitionId())) {
                reply.notSettled(
                        List.of(acquired),
                        new RefusedException(
                                Refusal.NOT_ACQUIRED,
                                "record " + acquired.offset() + " of " + partition + " is not held by this consumer"));
                continue;
            }
            locks.unlock(delivery);
            settle(member, delivery, outcome, limit, new Reply(acquired, reply));
        }
        reply.done();
        settling.flush();
        if (outcome != Outcome.ACCEPT && outcome != Outcome.REJECT) {
            pump();
        }
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
                    delivery.released();
                    window.giveBack(delivery);
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
            case REJECT -> die(delivery, Death.Reason.REJECTED, delivery.failures(), reply);
        }
    }

    private void settle(Delivery delivery, Settlement.Kind kind, Reply reply) {
        delivery.settling();
        reply.gathering().expect();
        settling.add(new SettleQueue.Settling(delivery, kind, reply));
    }

    private void die(Delivery delivery, Death.Reason reason, int failures, Reply reply) {
        delivery.settling();
        reply.gathering().expect();
        deadLetters.add(new DeadLetters.Case(delivery, reason, failures, reply));
    }

    /** Available again, unless nobody is left who would have it. */
    private void giveBack(Delivery delivery) {
        window.giveBack(delivery);
        if (delivery.isUnwanted(members.all())) {
            withdraw(delivery, Death.Reason.REJECTED);
        }
    }

    private void withdraw(Delivery available, Death.Reason reason) {
        window.take(available);
        available.withdrawn();
        deadLetters.add(new DeadLetters.Case(available, reason, available.failures(), null));
    }

    /** Takes back records that could not be handed to the member after all. */
    void neverHanded(Member member, Collection<Acquired> records) {
        expectOwner();
        for (Acquired acquired : records) {
            Delivery delivery = window.taken(acquired.offset());
            if (delivery != null && delivery.isHeldBy(member, acquired.acquisitionId())) {
                locks.unlock(delivery);
                delivery.neverHanded();
                window.giveBack(delivery);
            }
        }
        pump();
    }

    private void lockExpired(Delivery delivery) {
        if (delivery.isHeld()) {
            locksExpired.add(1);
            delivery.released();
            giveBack(delivery);
        }
    }

    @Override
    public void settled(SettleQueue.Item item) {
        if (item instanceof SettleQueue.Dying dying) {
            archived(dying.delivery());
            deadLetters.settled(dying);
        } else if (item instanceof SettleQueue.Settling outcome) {
            if (outcome.kind() == Settlement.Kind.FAILED) {
                outcome.delivery().failed();
                giveBack(outcome.delivery());
            } else {
                archived(outcome.delivery());
            }
            outcome.reply().settled();
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
            outcome.reply().refused(cause);
        }
    }

    /** The outcome is as if it had not been given. */
    private void undo(Delivery delivery) {
        Member holder = delivery.heldAgain();
        if (members.contains(holder)) {
            locks.lock(delivery, holder.lockMs());
        } else {
            delivery.released();
            window.giveBack(delivery);
        }
    }

    @Override
    public void answered() {
        trim.proposeIfDue();
        if (stale) {
            // Nobody else settles while this process leads; rather than guess, let the members join anew.
            end("share group " + id.groupId() + " on " + partition + " was changed by another leader");
        } else if (!closeIfLeft()) {
            pump();
        }
    }

    /** Gives available records to members with credit, in turn, until one or the other runs out. */
    private void pump() {
        LedgerReader open = reader;
        if (closed || open == null) {
            return;
        }
        Map<Member, List<Acquired>> taken = new LinkedHashMap<>();
        int left = limits.turnRecords();
        int missed = 0; // members in a row for whom there is nothing, though others may find something
        while (left > 0 && missed < members.size()) {
            Member member = members.drawCredit();
            if (member == null) {
                break;
            }
            Delivery delivery = next(member, open);
            if (delivery == null) {
                member.credit().giveBack(1);
                if (!window.hasAvailable()) {
                    break;
                }
                missed++;
                continue;
            }
            missed = 0;
            taken.computeIfAbsent(member, one -> new ArrayList<>())
                    .add(delivery.acquire(partition, member, nextAcquisitionId++));
            locks.lock(delivery, member.lockMs());
            mark.handed(delivery.offset());
            left--;
        }
        taken.forEach((member, records) -> member.hand(this, records));
        mark.propose();
        settling.flush();
        if (left == 0) {
            scheduleTurn();
        } else {
            answerCredit(open);
        }
        if (open.ended()) {
            end("topic " + partition.topic() + " was deleted or can be read no more");
        }
    }

    /** Takes the next record for a member. One whose time is over is never delivered. */
    private @Nullable Delivery next(Member member, LedgerReader open) {
        while (true) {
            open.read(window, member, settling);
            Delivery delivery = window.take(member);
            if (delivery == null || !delivery.isExpired(ports.clock().timeMs())) {
                return delivery;
            }
            withdraw(delivery, Death.Reason.EXPIRED);
        }
    }

    private void scheduleTurn() {
        if (!turnScheduled) {
            turnScheduled = true;
            group.executor().execute(() -> {
                turnScheduled = false;
                pump();
            });
        }
    }

    private void answerCredit(LedgerReader open) {
        creditReplies.removeIf(waiting -> {
            boolean answered = !members.contains(waiting.member)
                    || !waiting.member.credit().isOpen()
                    || isDryBelow(waiting.end, waiting.member, open);
            if (answered) {
                waiting.reply.done();
            }
            return answered;
        });
    }

    private boolean isDryBelow(long end, Member member, LedgerReader open) {
        return !window.hasAvailable(member) && (window.room() == 0 || open.position() >= end);
    }

    private void end(String reason) {
        if (closed) {
            return;
        }
        List<Member> told = List.copyOf(members.all());
        members.clear();
        close();
        told.forEach(member -> member.end(reason));
    }

    /** Outcomes under way are answered still: they are durable or not, whoever is left. */
    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (reader != null) {
            reader.close();
        }
        locks.close();
        deadLetters.close();
        joining.forEach(Gathering::done);
        joining.clear();
        creditReplies.forEach(waiting -> waiting.reply.done());
        creditReplies.clear();
        onClosed.run();
    }

    private void expectOwner() {
        if (!group.isOwner()) {
            throw new IllegalStateException(
                    "the ledger of " + id + " belongs to the apply thread of group " + group.id());
        }
    }
}
