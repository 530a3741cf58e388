package io.polylog.share;

import io.polylog.broker.Fetcher;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.dispatch.Dispatcher;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One share group on one partition, as its leader sees it: who holds what. What is settled is durable elsewhere, in the
 * state of the partition's replica group; this is made when the first member joins and forgotten when the last leaves.
 *
 * <p>Owned by the apply thread of the partition's replica group; every method must be called there. When the partition
 * can be read no more, every member is told and nothing follows.
 */
final class Ledger implements SettleQueue.Results {

    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    private final LedgerId id;
    private final TopicPartition partition;
    private final ReplicaGroup group;
    private final Dispatcher dispatcher;
    private final Fetcher fetcher;
    private final ShareLimits limits;
    private final Meters.Counter rejected;
    private final Meters.Counter skipped;
    private final Runnable onClosed;

    private final List<Member> members = new ArrayList<>();
    private final List<Gathering> joining = new ArrayList<>();
    private final List<CreditReply> creditReplies = new ArrayList<>();
    private final Window window;
    private final SettleQueue settling;
    private @Nullable LedgerReader reader;
    private long nextAcquisitionId;
    private int nextTurn;
    private boolean turnScheduled;
    private boolean stale;
    private boolean closed;

    /** Answers a credit call once there is nothing left that the credit could get below {@code end}. */
    private record CreditReply(Member member, long end, Gathering reply) {}

    Ledger(
            LedgerId id,
            TopicPartition partition,
            ReplicaGroup group,
            Dispatcher dispatcher,
            Fetcher fetcher,
            ShareLimits limits,
            Meters meters,
            Runnable onClosed) {
        this.id = id;
        this.partition = partition;
        this.group = group;
        this.dispatcher = dispatcher;
        this.fetcher = fetcher;
        this.limits = limits;
        this.rejected = meters.counter("polylog_share_rejected_total", "topic", partition.topic());
        this.skipped = meters.counter("polylog_share_skipped_offsets_total", "topic", partition.topic());
        this.onClosed = onClosed;
        this.window = new Window(limits);
        this.settling = new SettleQueue(id, group, this);
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
        reader = new LedgerReader(partition, snapshot, dispatcher, group.executor(), this::pump, limits, skipped);
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
            delivery.released();
            window.giveBack(delivery);
        }
        if (members.isEmpty()) {
            close();
        } else {
            pump();
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
            end = fetcher.offsets(partition).highWatermark();
        } catch (RefusedException gone) {
            end = 0; // The reader will say so; until then nothing can be had.
        }
        creditReplies.add(new CreditReply(member, end, reply));
        pump();
    }

    /** Settles what the member holds of these; what it does not hold fails the reply. */
    void settle(Member member, Collection<Acquired> records, Outcome outcome, Gathering reply) {
        expectOwner();
        int settled = 0;
        for (Acquired acquired : records) {
            Delivery delivery = window.taken(acquired.offset());
            if (delivery == null || !delivery.isHeldBy(member, acquired.acquisitionId())) {
                reply.failed(new RefusedException(
                        Refusal.NOT_ACQUIRED,
                        "record " + acquired.offset() + " of " + partition + " is not held by this consumer"));
                continue;
            }
            settled++;
            if (outcome == Outcome.RELEASE) {
                delivery.released();
                window.giveBack(delivery);
            } else {
                delivery.settling();
                reply.expect();
                settling.add(new SettleQueue.Item(delivery, kind(outcome), reply));
            }
        }
        if (outcome == Outcome.REJECT && settled > 0) {
            rejected.add(settled);
            LOG.atInfo()
                    .addKeyValue("group", id.groupId())
                    .addKeyValue("partition", partition)
                    .addKeyValue("records", settled)
                    .log("records rejected by a consumer are archived");
        }
        reply.done();
        settling.flush();
        if (outcome == Outcome.RELEASE) {
            pump();
        }
    }

    private static Settlement.Kind kind(Outcome outcome) {
        return switch (outcome) {
            case ACCEPT -> Settlement.Kind.ACCEPTED;
            case FAIL -> Settlement.Kind.FAILED;
            case REJECT -> Settlement.Kind.REJECTED;
            case RELEASE -> throw new IllegalArgumentException("a release is not durable");
        };
    }

    /** Takes back records that could not be handed to the member after all. */
    void neverHanded(Member member, Collection<Acquired> records) {
        expectOwner();
        for (Acquired acquired : records) {
            Delivery delivery = window.taken(acquired.offset());
            if (delivery != null && delivery.isHeldBy(member, acquired.acquisitionId())) {
                delivery.neverHanded();
                window.giveBack(delivery);
            }
        }
        pump();
    }

    @Override
    public void settled(SettleQueue.Item item) {
        if (item.kind() == Settlement.Kind.FAILED) {
            item.delivery().failed();
            window.giveBack(item.delivery());
        } else {
            window.archived(item.delivery());
        }
        item.reply().done();
    }

    @Override
    public void refused(SettleQueue.Item item, Throwable cause) {
        if (cause instanceof RefusedException refused && refused.refusal() == Refusal.NOT_ACQUIRED) {
            stale = true;
            window.archived(item.delivery());
        } else if (!members.contains(item.delivery().heldAgain())) {
            item.delivery().released();
            window.giveBack(item.delivery());
        }
        item.reply().failed(cause);
        item.reply().done();
    }

    @Override
    public void answered() {
        if (stale) {
            // Nobody else settles while this process leads; rather than guess, let the members join anew.
            end("share group " + id.groupId() + " on " + partition + " was changed by another leader");
        } else {
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
        while (left > 0) {
            Member member = drawCredit();
            if (member == null) {
                break;
            }
            if (!window.hasAvailable()) {
                open.read(window, settling);
            }
            Delivery delivery = window.take();
            if (delivery == null) {
                member.credit().giveBack(1);
                break;
            }
            taken.computeIfAbsent(member, one -> new ArrayList<>())
                    .add(delivery.acquire(partition, member, nextAcquisitionId++));
            left--;
        }
        taken.forEach((member, records) -> member.hand(this, records));
        if (left == 0) {
            scheduleTurn();
        } else {
            answerCredit(open);
        }
        if (open.ended()) {
            end("topic " + partition.topic() + " was deleted or can be read no more");
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

    /** The next member in turn that has credit, drawn for one record. */
    private @Nullable Member drawCredit() {
        for (int i = 0; i < members.size(); i++) {
            int index = (nextTurn + i) % members.size();
            if (members.get(index).credit().draw()) {
                nextTurn = index + 1;
                return members.get(index);
            }
        }
        return null;
    }

    private void answerCredit(LedgerReader open) {
        creditReplies.removeIf(waiting -> {
            boolean answered = !members.contains(waiting.member)
                    || !waiting.member.credit().isOpen()
                    || isDryBelow(waiting.end, open);
            if (answered) {
                waiting.reply.done();
            }
            return answered;
        });
    }

    private boolean isDryBelow(long end, LedgerReader open) {
        return !window.hasAvailable() && (window.room() == 0 || open.position() >= end);
    }

    private void end(String reason) {
        if (closed) {
            return;
        }
        List<Member> told = List.copyOf(members);
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
