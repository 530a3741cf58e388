package io.polylog.amqp.link;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import io.polylog.share.Acquired;
import io.polylog.share.Outcome;
import io.polylog.share.ShareConsumer;
import io.polylog.share.ShareListener;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * A queue in this node's memory, for answers to requests. It is gone with its node; nothing in it is durable.
 *
 * <p>May be called from any thread; its lock is held for moments only and never across a call to a listener. Beyond
 * {@value #MAX_MESSAGES} messages or {@value #MAX_BYTES} bytes a message is refused.
 */
final class TemporaryQueue {
    static final int MAX_MESSAGES = 10_000;
    static final long MAX_BYTES = 16L << 20;

    private final TopicPartition partition;
    private final TreeMap<Long, Entry> available = new TreeMap<>();
    private final List<Member> members = new ArrayList<>();
    private long nextOffset;
    private long nextAcquisition;
    private int nextMember;
    private int messages;
    private long bytes;

    TemporaryQueue(String name) {
        this.partition = new TopicPartition(UUID.randomUUID(), name, 0);
    }

    private record Entry(long offset, Record record, int failures, int acquisitions) {}

    synchronized CompletionStage<?> publish(Record record) {
        int size = record.sizeInBytes();
        if (messages >= MAX_MESSAGES || bytes + size > MAX_BYTES) {
            return CompletableFuture.failedFuture(
                    new RefusedException(Refusal.OVERLOADED, "the temporary node is full: nobody takes its messages"));
        }
        messages++;
        bytes += size;
        available.put(nextOffset, new Entry(nextOffset, record, 0, 0));
        nextOffset++;
        dispatch();
        return CompletableFuture.completedFuture(null);
    }

    synchronized ShareConsumer join(Executor owner, ShareListener listener) {
        Member member = new Member(owner, listener);
        members.add(member);
        return member;
    }

    /** The queue's node is deleted: consumers are told. */
    synchronized void end() {
        for (Member member : members) {
            member.owner.execute(() -> member.listener.ended("the temporary node was deleted"));
        }
    }

    private void dispatch() {
        int withoutCredit = 0;
        while (!available.isEmpty() && withoutCredit < members.size()) {
            nextMember = (nextMember + 1) % members.size();
            Member member = members.get(nextMember);
            if (member.credit > 0) {
                member.take(available.pollFirstEntry().getValue());
                withoutCredit = 0;
            } else {
                withoutCredit++;
            }
        }
        members.forEach(Member::handOver);
    }

    /** Everything of a member is guarded by the queue. */
    private final class Member implements ShareConsumer {
        private final Executor owner;
        private final ShareListener listener;
        private final Map<Long, Entry> held = new HashMap<>();
        private List<Acquired> taken = new ArrayList<>();
        private int credit;

        Member(Executor owner, ShareListener listener) {
            this.owner = owner;
            this.listener = listener;
        }

        void take(Entry entry) {
            credit--;
            long acquisition = nextAcquisition++;
            held.put(acquisition, entry);
            taken.add(new Acquired(
                    partition, entry.offset(), acquisition, entry.failures(), entry.acquisitions(), entry.record()));
        }

        void handOver() {
            if (!taken.isEmpty()) {
                List<Acquired> records = taken;
                taken = new ArrayList<>();
                owner.execute(() -> listener.acquired(records));
            }
        }

        @Override
        public CompletionStage<Void> credit(int records) {
            synchronized (TemporaryQueue.this) {
                credit = records;
                dispatch();
            }
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> settle(Collection<Acquired> records, Outcome outcome) {
            boolean allHeld = true;
            synchronized (TemporaryQueue.this) {
                for (Acquired record : records) {
                    Entry entry = held.remove(record.acquisitionId());
                    allHeld &= entry != null;
                    if (entry != null) {
                        settle(entry, outcome);
                    }
                }
                dispatch();
            }
            return allHeld
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(
                            new RefusedException(Refusal.NOT_ACQUIRED, "a record is not held any more"));
        }

        private void settle(Entry entry, Outcome outcome) {
            switch (outcome) {
                // There are no dead letters here, and a consumer that will not have a message is mostly the only one.
                case ACCEPT, REJECT, RELEASE_ELSEWHERE, FAIL_ELSEWHERE -> {
                    messages--;
                    bytes -= entry.record().sizeInBytes();
                }
                case RELEASE, FAIL -> {
                    int failures = entry.failures() + (outcome == Outcome.FAIL ? 1 : 0);
                    available.put(
                            entry.offset(),
                            new Entry(entry.offset(), entry.record(), failures, entry.acquisitions() + 1));
                }
            }
        }

        @Override
        public void close() {
            synchronized (TemporaryQueue.this) {
                members.remove(this);
                credit = 0;
                for (Entry entry : held.values()) {
                    settle(entry, Outcome.RELEASE);
                }
                held.clear();
                dispatch();
            }
        }
    }
}
