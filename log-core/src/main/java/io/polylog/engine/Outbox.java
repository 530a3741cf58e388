package io.polylog.engine;

import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KeyWriter;
import io.polylog.kv.KvIterator;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Effects of one group's commands that belong to other groups and have not taken place yet. An entry is written by the
 * same apply that decides it; {@link Transfers} carries it to its target, whose {@link Inbox} takes it once; then it is
 * removed. So what was decided takes place exactly once, whenever the process ends. Family {@code outbox}:
 *
 * <pre>
 *  int8 0, int32 target                 -> int64 first, int64 next: sequence numbers from 1; first to next - 1 wait
 *  int8 1, int32 target, int64 sequence -> transfer
 * </pre>
 *
 * <p>Memory holds the first of what waits for each target, at most {@value #MAX_HELD} or {@value #MAX_HELD_BYTES} bytes
 * and one; the rest is read again from the store when its turn comes. Apply thread.
 */
public final class Outbox {

    static final String FAMILY = "outbox";

    static final int MAX_HELD = 4096;
    static final int MAX_HELD_BYTES = 4 << 20;

    private static final int NUMBERS = 0;
    private static final int WAITING = 1;

    private final int group;
    private final LazyStore store;
    private final Map<Integer, Lane> lanes = new TreeMap<>();
    private @Nullable IntConsumer onAdded;
    private final AtomicLong waiting = new AtomicLong();

    /** Consecutive transfers to one target. */
    record Batch(long firstSequence, List<Transfer> transfers) {

        long lastSequence() {
            return firstSequence + transfers.size() - 1;
        }
    }

    /** What waits for one target; {@code held} is the beginning of it. */
    private static final class Lane {
        private final Deque<Transfer> held = new ArrayDeque<>();
        private long heldBytes;
        private long first = 1;
        private long next = 1;

        boolean hasRoom() {
            return held.size() < MAX_HELD && heldBytes < MAX_HELD_BYTES;
        }

        void hold(Transfer transfer) {
            held.add(transfer);
            heldBytes += TransferCodec.sizeInBytes(transfer);
        }

        void drop() {
            Transfer dropped = held.poll();
            if (dropped != null) {
                heldBytes -= TransferCodec.sizeInBytes(dropped);
            }
        }
    }

    Outbox(int group, LazyStore store) {
        this.group = group;
        this.store = store;
    }

    void load(KeyValueStore from) {
        byte[] prefix = new KeyWriter().int8(NUMBERS).toBytes();
        try (KvIterator rows = from.scan(FAMILY, prefix, KeyWriter.endOfPrefix(prefix))) {
            while (rows.next()) {
                Lane lane = lane(ByteBuffer.wrap(rows.key(), 1, Integer.BYTES).getInt());
                ByteBuffer value = ByteBuffer.wrap(rows.value());
                lane.first = value.getLong();
                lane.next = value.getLong();
                waiting.addAndGet(lane.next - lane.first);
            }
        }
    }

    /** Effects in this group itself need no transfer. */
    int group() {
        return group;
    }

    /** Transfers that wait, over all targets. Any thread. */
    long waiting() {
        return waiting.get();
    }

    /** Targets that something waits for. */
    Set<Integer> targets() {
        Set<Integer> targets = new TreeSet<>();
        lanes.forEach((target, lane) -> {
            if (lane.first < lane.next) {
                targets.add(target);
            }
        });
        return targets;
    }

    /** From now on {@code onAdded} is told the target of whatever is added, once it is written. */
    void listen(IntConsumer listener) {
        onAdded = listener;
    }

    void add(int target, Transfer transfer, ApplyContext context) {
        if (target == group) {
            throw new IllegalArgumentException("a transfer from group " + group + " to itself");
        }
        Lane lane = lane(target);
        long sequence = lane.next++;
        waiting.incrementAndGet();
        context.changes().put(FAMILY, key(target, sequence), TransferCodec.encode(transfer));
        putNumbers(target, lane, context);
        IntConsumer listener = onAdded;
        if (listener != null) { // while a journal is replayed nothing is sent, nor its memory kept
            if (lane.first + lane.held.size() == sequence && lane.hasRoom()) {
                lane.hold(transfer);
            }
            context.afterApply(() -> listener.accept(target));
        }
    }

    /** The transfers that come next for a target, within the limits of one {@link TransferIn}; null if none wait. */
    @Nullable
    Batch next(int target) {
        Lane lane = lane(target);
        if (lane.held.isEmpty() && lane.first < lane.next) {
            readAgain(target, lane);
        }
        List<Transfer> transfers = new ArrayList<>();
        int bytes = 0;
        for (Transfer transfer : lane.held) {
            bytes += TransferCodec.sizeInBytes(transfer);
            boolean fits = transfers.size() < TransferIn.MAX_TRANSFERS && bytes <= TransferIn.MAX_BYTES;
            if (!fits && !transfers.isEmpty()) {
                break;
            }
            transfers.add(transfer);
        }
        return transfers.isEmpty() ? null : new Batch(lane.first, transfers);
    }

    /**
     * Shows what waits for a target, in order; at most {@value #MAX_HELD} of it. Reads the disk: on the reader pool only.
     */
    void peek(int target, Consumer<Transfer> shown) {
        if (waiting.get() == 0) {
            return;
        }
        byte[] prefix = new KeyWriter().int8(WAITING).int32(target).toBytes();
        Optional<KeyValueStore> from = store.ifOpen();
        if (from.isEmpty()) {
            return;
        }
        try (KvIterator rows = from.get().scan(FAMILY, prefix, KeyWriter.endOfPrefix(prefix))) {
            for (int count = 0; count < MAX_HELD && rows.next(); count++) {
                shown.accept(TransferCodec.read(ByteBuffer.wrap(rows.value())));
            }
        }
    }

    private void readAgain(int target, Lane lane) {
        try (KvIterator rows = store.get().scan(FAMILY, key(target, lane.first), key(target, lane.next))) {
            while (lane.hasRoom() && rows.next()) {
                lane.hold(TransferCodec.read(ByteBuffer.wrap(rows.value())));
            }
        }
        if (lane.held.isEmpty()) {
            throw new IllegalStateException("transfers " + lane.first + " to " + (lane.next - 1) + " from group "
                    + group + " to " + target + " are missing");
        }
    }

    /** The target has taken everything up to {@code upTo}: it is forgotten. */
    void done(int target, long upTo, ApplyContext context) {
        Lane lane = lane(target);
        if (upTo >= lane.next) {
            throw new IllegalStateException(
                    "group " + target + " has taken transfer " + upTo + " of " + (lane.next - 1) + " from " + group);
        }
        if (upTo < lane.first) {
            return;
        }
        for (long sequence = lane.first; sequence <= upTo; sequence++) {
            context.changes().delete(FAMILY, key(target, sequence));
            lane.drop();
        }
        waiting.addAndGet(lane.first - upTo - 1);
        lane.first = upTo + 1;
        putNumbers(target, lane, context);
    }

    private Lane lane(int target) {
        return lanes.computeIfAbsent(target, number -> new Lane());
    }

    private static void putNumbers(int target, Lane lane, ApplyContext context) {
        context.changes()
                .put(
                        FAMILY,
                        new KeyWriter().int8(NUMBERS).int32(target).toBytes(),
                        ByteBuffer.allocate(2 * Long.BYTES)
                                .putLong(lane.first)
                                .putLong(lane.next)
                                .array());
    }

    private static byte[] key(int target, long sequence) {
        return new KeyWriter().int8(WAITING).int32(target).int64(sequence).toBytes();
    }
}
