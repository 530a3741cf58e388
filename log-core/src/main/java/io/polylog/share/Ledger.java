package io.polylog.share;

import io.polylog.broker.Isolation;
import io.polylog.broker.RefusedException;
import io.polylog.engine.LedgerId;
import io.polylog.engine.LedgerSnapshot;
import io.polylog.engine.OpenLedger;
import io.polylog.engine.ReplicaGroup;
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
final class Ledger {

    private final LedgerId id;
    private final TopicPartition partition;
    private final ReplicaGroup group;
    private final SharePorts ports;
    private final ShareLimits limits;
    private final Meters.Counter overtaken;
    private final Meters.Counter empty;
    private final Runnable onClosed;

    private final Turns members = new Turns();
    private final List<Gathering> joining = new ArrayList<>();
    private final CreditReplies creditReplies = new CreditReplies();
    private final Doubts doubts;
    private final Window window;
    private final Outcomes outcomes;
    private final DeliveryMark mark;
    private @Nullable LedgerReader reader;
    private long nextAcquisitionId;
    private boolean turnScheduled;
    private boolean closed;

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
        this.overtaken = skipped("retention");
        this.empty = skipped("no-record");
        this.onClosed = onClosed;
        this.doubts = new Doubts(partition, ports.dispatcher(), group.executor(), this::pump, limits);
        this.window = new Window(limits, doubts);
        this.outcomes = new Outcomes(
                id, partition, group, ports, window, members, this::answered, this::closeIfLeft, this::pump);
        this.mark = new DeliveryMark(id, group);
    }

    private Meters.Counter skipped(String reason) {
        return ports.topicMeters()
                .counter(
                        partition.topicId(),
                        partition.topic(),
                        "polylog_share_skipped_offsets_total",
                        "reason",
                        reason);
    }

    /** What lies before the log's start was overtaken by retention; elsewhere there was a marker, or compaction. */
    private void countSkipped(long from, long end) {
        long logStart;
        try {
            logStart = ports.fetcher().offsets(partition).logStart();
        } catch (RefusedException gone) {
            logStart = from;
        }
        long lost = Math.max(0, Math.min(end, logStart) - from);
        if (lost > 0) {
            overtaken.add(lost);
        }
        if (end - from > lost) {
            empty.add(end - from - lost);
        }
    }

    /** Records that members hold, or that are being settled. Any thread may ask. */
    int inFlight() {
        return window.takenCount();
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
        Isolation first = isolation();
        window.isolate(first);
        reader = new LedgerReader(
                partition,
                snapshot,
                first,
                ports.dispatcher(),
                group.executor(),
                this::pump,
                limits,
                this::countSkipped);
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
        outcomes.left(member);
        if (!closeIfLeft()) {
            pump();
        }
    }

    /** Outcomes that are on their way are seen off first: whoever opens the ledger next must find them. */
    private boolean closeIfLeft() {
        if (members.isEmpty() && outcomes.isIdle()) {
            close();
        }
        return closed;
    }

    /** The group has other settings than before. Any thread. */
    void settingsChanged() {
        group.executor().execute(this::pump);
    }

    /** What the group's settings say of transactions, or else the least careful of its members. */
    private Isolation isolation() {
        return ports.groupSettings().apply(id.groupId()).isolation().orElseGet(members::isolation);
    }

    private void isolate(LedgerReader open) {
        Isolation wanted = isolation();
        if (open.isolation() != wanted) {
            open.isolate(wanted);
            window.isolate(wanted);
        }
        if (doubts.count() > 0) {
            outcomes.decideDoubts(this::countSkipped);
        }
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
            end = isolation().end(ports.fetcher().offsets(partition));
        } catch (RefusedException gone) {
            end = 0; // The reader will say so; until then nothing can be had.
        }
        creditReplies.add(member, end, reply);
        pump();
    }

    /** Settles what the member holds of these; what it does not hold fails the reply. */
    void settle(Member member, Collection<Acquired> records, Outcome outcome, Gathering reply) {
        expectOwner();
        outcomes.settle(member, records, outcome, reply);
        if (outcome != Outcome.ACCEPT && outcome != Outcome.REJECT) {
            pump();
        }
    }

    /** The member holds these for as long again; what it does not hold fails the reply. */
    void renew(Member member, Collection<Acquired> records, Gathering reply) {
        expectOwner();
        outcomes.renew(member, records, reply);
    }

    /** Takes back records that could not be handed to the member after all. */
    void neverHanded(Member member, Collection<Acquired> records) {
        expectOwner();
        outcomes.neverHanded(member, records);
        pump();
    }

    private void answered() {
        if (outcomes.isStale()) {
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
        isolate(open);
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
            outcomes.held(delivery, member);
            mark.handed(delivery.offset());
            left--;
        }
        taken.forEach((member, records) -> member.hand(this, records));
        mark.propose();
        outcomes.flush();
        if (left == 0) {
            scheduleTurn();
        } else {
            answerCredit(open);
        }
        if (open.ended() || doubts.ended()) {
            end("topic " + partition.topic() + " was deleted or can be read no more");
        }
    }

    /** Takes the next record for a member. One whose time is over is never delivered. */
    private @Nullable Delivery next(Member member, LedgerReader open) {
        while (!isFull(member)) {
            open.read(window, member, outcomes.settling());
            Delivery delivery = window.take(member);
            if (delivery == null || !delivery.isExpired(ports.clock().timeMs())) {
                return delivery;
            }
            outcomes.expired(delivery);
        }
        return null;
    }

    private boolean isFull(Member member) {
        return window.takenCount() >= member.rules().maxLocks();
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
        creditReplies.answerIf(waiting -> !members.contains(waiting.member())
                || !waiting.member().credit().isOpen()
                || isFull(waiting.member())
                || isDryBelow(waiting.end(), waiting.member(), open));
    }

    private boolean isDryBelow(long end, Member member, LedgerReader open) {
        return !window.hasAvailable(member) && !doubts.anyBelow(end) && (window.room() == 0 || open.position() >= end);
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
        doubts.close();
        outcomes.close();
        joining.forEach(Gathering::done);
        joining.clear();
        creditReplies.answerIf(waiting -> true);
        onClosed.run();
    }

    private void expectOwner() {
        if (!group.isOwner()) {
            throw new IllegalStateException(
                    "the ledger of " + id + " belongs to the apply thread of group " + group.id());
        }
    }
}
