package io.polylog.share;

import io.polylog.engine.Command;
import io.polylog.engine.LedgerId;
import io.polylog.engine.ReplicaGroup;
import io.polylog.engine.SendDeadLetters;
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
 * of merged runs. Dead letters, whose commands hold whole records, go in commands of their own. Bounded by the ledger's
 * window, from which every entry comes. Ledger's thread.
 */
final class SettleQueue {

    /** Most outcomes in one command; the rest of its runs is for gaps. */
    private static final int MAX_OUTCOMES = SettleRecords.MAX_SETTLEMENTS - 1024;

    private static final int MAX_GAPS = 1024;

    /** What is to become durable. */
    sealed interface Item {
        Delivery delivery();
    }

    /** One outcome on its way, and whom to tell, if somebody waits. */
    record Settling(
            Delivery delivery,
            Settlement.Kind kind,
            @Nullable Reply reply) implements Item {}

    /** A record on its way to the dead letters, or into the archive if there is no letter. */
    record Dying(DeadLetters.Case about, SendDeadLetters.@Nullable Letter letter) implements Item {
        @Override
        public Delivery delivery() {
            return about.delivery();
        }
    }

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
    private final Queue<SendDeadLetters.Letter> letters = new ArrayDeque<>();
    private final Queue<Dying> dying = new ArrayDeque<>();
    private final TreeMap<Long, Long> gaps = new TreeMap<>();
    private boolean underWay;
    private boolean lettersWereLast;

    /** Gaps are not worth trying again by themselves. */
    private boolean gapsRefused;

    SettleQueue(LedgerId id, ReplicaGroup group, Results results) {
        this.id = id;
        this.group = group;
        this.results = results;
    }

    void add(Settling item) {
        waiting.add(item);
    }

    void add(Dying item) {
        if (item.letter() == null) {
            waiting.add(item);
        } else {
            dying.add(item);
            letters.add(item.letter());
        }
    }

    boolean isIdle() {
        return !underWay && waiting.isEmpty() && dying.isEmpty();
    }

    /**
     * Offsets at which the log holds no record: archived along with the next outcome, or alone when there is none, so that
     * the ledger's start can pass them.
     *
     * @param to end, exclusive
     */
    void gap(long from, long to) {
        gaps.put(from, to);
    }

    void flush() {
        if (underWay) {
            return;
        }
        lettersWereLast = !dying.isEmpty() && (waiting.isEmpty() || !lettersWereLast);
        if (lettersWereLast) {
            sendDeadLetters();
        } else if (!waiting.isEmpty() || (!gaps.isEmpty() && !gapsRefused)) {
            settle();
        }
    }

    private void settle() {
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
        propose(new SettleRecords(id, merge(items, taken)), items, taken);
    }

    private void sendDeadLetters() {
        List<Dying> items = new ArrayList<>();
        List<SendDeadLetters.Letter> sent = new ArrayList<>();
        long bytes = 0;
        SendDeadLetters.Letter next = letters.peek();
        while (next != null && sent.size() < SendDeadLetters.MAX_LETTERS) {
            bytes += next.sizeInBytes();
            if (!sent.isEmpty() && bytes > SendDeadLetters.MAX_BYTES) {
                break;
            }
            sent.add(letters.remove());
            items.add(dying.remove());
            next = letters.peek();
        }
        sent.sort(Comparator.comparingLong(SendDeadLetters.Letter::offset));
        propose(new SendDeadLetters(id, sent), items, List.of());
    }

    private void propose(Command<Boolean> command, List<? extends Item> items, List<Settlement> takenGaps) {
        underWay = true;
        group.propose(command).whenComplete((reply, failure) -> {
            if (group.isOwner()) {
                answered(items, takenGaps, failure);
            } else {
                group.executor().execute(() -> answered(items, takenGaps, failure));
            }
        });
    }

    private static List<Settlement> merge(List<Item> items, List<Settlement> gaps) {
        List<Settlement> runs = new ArrayList<>(gaps);
        for (Item item : items) {
            Settlement.Kind kind = item instanceof Settling settling ? settling.kind() : Settlement.Kind.REJECTED;
            long offset = item.delivery().offset();
            runs.add(new Settlement(kind, offset, offset + 1));
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

    private void answered(List<? extends Item> items, List<Settlement> takenGaps, @Nullable Throwable failure) {
        underWay = false;
        gapsRefused = failure != null;
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
