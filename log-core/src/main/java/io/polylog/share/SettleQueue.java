package io.polylog.share;

import io.polylog.engine.LedgerId;
import io.polylog.engine.ReplicaGroup;
import io.polylog.engine.SettleRecords;
import io.polylog.engine.Settlement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Makes outcomes durable: while one command is on its way to the disk the next outcomes gather, and go as one command
 * of merged runs. Bounded by the ledger's window, from which every entry comes. Ledger's thread.
 */
final class SettleQueue {

    /** Most outcomes in one command; the rest of its runs is for gaps. */
    private static final int MAX_OUTCOMES = SettleRecords.MAX_SETTLEMENTS - 1024;

    private static final int MAX_GAPS = 1024;

    /** One outcome on its way, and whom to tell. */
    record Item(Delivery delivery, Settlement.Kind kind, Gathering reply) {}

    /** Where results go. */
    interface Results {
        void settled(Item item);

        void refused(Item item, Throwable cause);

        /** A command has been answered; every item of it has been told. */
        void answered();
    }

    private final LedgerId id;
    private final ReplicaGroup group;
    private final Results results;
    private final Queue<Item> waiting = new ArrayDeque<>();
    private final TreeMap<Long, Long> gaps = new TreeMap<>();
    private boolean underWay;

    SettleQueue(LedgerId id, ReplicaGroup group, Results results) {
        this.id = id;
        this.group = group;
        this.results = results;
    }

    void add(Item item) {
        waiting.add(item);
    }

    /**
     * Offsets at which the log holds no record: archived along with the next outcome, so that the ledger's start can
     * pass them.
     *
     * @param to end, exclusive
     */
    void gap(long from, long to) {
        gaps.put(from, to);
    }

    void flush() {
        if (underWay || waiting.isEmpty()) {
            return;
        }
        underWay = true;
        List<Item> items = new ArrayList<>();
        while (items.size() < MAX_OUTCOMES && !waiting.isEmpty()) {
            items.add(waiting.remove());
        }
        List<Settlement> taken = new ArrayList<>();
        while (taken.size() < MAX_GAPS && !gaps.isEmpty()) {
            Map.Entry<Long, Long> gap = gaps.firstEntry();
            gaps.remove(gap.getKey());
            taken.add(new Settlement(Settlement.Kind.ACCEPTED, gap.getKey(), gap.getValue()));
        }
        group.propose(new SettleRecords(id, merge(items, taken))).whenComplete((reply, failure) -> {
            if (group.isOwner()) {
                answered(items, taken, failure);
            } else {
                group.executor().execute(() -> answered(items, taken, failure));
            }
        });
    }

    private static List<Settlement> merge(List<Item> items, List<Settlement> gaps) {
        List<Settlement> runs = new ArrayList<>(gaps);
        for (Item item : items) {
            long offset = item.delivery().offset();
            runs.add(new Settlement(item.kind(), offset, offset + 1));
        }
        runs.sort(Comparator.comparingLong(Settlement::from));
        List<Settlement> merged = new ArrayList<>();
        for (Settlement run : runs) {
            int last = merged.size() - 1;
            Settlement before = last < 0 ? null : merged.get(last);
            if (before != null && before.kind() == run.kind() && before.to() == run.from()) {
                merged.set(last, new Settlement(run.kind(), before.from(), run.to()));
            } else {
                merged.add(run);
            }
        }
        return merged;
    }

    private void answered(List<Item> items, List<Settlement> takenGaps, @Nullable Throwable failure) {
        underWay = false;
        if (failure == null) {
            items.forEach(results::settled);
        } else {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            takenGaps.forEach(gap -> gaps.put(gap.from(), gap.to()));
            items.forEach(item -> results.refused(item, cause));
        }
        results.answered();
        flush();
    }
}
