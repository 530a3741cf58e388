package io.polylog.mqtt.session;

import io.netty.channel.EventLoop;
import io.polylog.mqtt.session.OutboundWindow.Entry;
import io.polylog.record.TopicPartition;
import io.polylog.session.Attachment;
import io.polylog.session.SessionChange;
import io.polylog.session.SessionRow;
import io.polylog.session.SessionStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what a durable session must not forget. Changes gather and go together, one write at a time: soon, where
 * nobody waits for them, and at once where somebody does. A delivery that is made and settled in between is never written.
 *
 * <p>Positions are taken when a write begins and leave with its last part, so that no durable position is ever beyond a
 * delivery that is not durable yet. Owned by the connection's event loop. When a write fails, {@code onFailure} ends the
 * connection, and the client finds its session as it was written last.
 */
final class SessionJournal {

    /** How long changes gather that nobody waits for. */
    private static final long GATHER_MS = 200;

    /** Bytes of one write, but for a single larger change. */
    private static final int MAX_WRITE_BYTES = 256 << 10;

    private final SessionStore store;
    private final Attachment attachment;
    private final EventLoop loop;
    private final OutboundWindow window;
    private final Positions positions;
    private final Runnable onFailure;

    private final Map<ByteBuffer, SessionChange> changed = new LinkedHashMap<>(4);
    private final BitSet changedDeliveries = new BitSet();
    private final BitSet storedDeliveries = new BitSet();
    /** As the last write that ended well has left them. */
    private BitSet durableDeliveries = new BitSet();

    private final Set<TopicPartition> touched = new HashSet<>(2);
    private final Map<TopicPartition, Long> storedPositions = new HashMap<>(4);
    private List<Runnable> waiting = new ArrayList<>(1);
    private @Nullable Future<?> timer;
    private List<SessionChange> unsent = List.of();
    private boolean scheduled;
    private boolean writing;
    private boolean closed;
    private @Nullable Consumer<Optional<List<List<SessionChange>>>> closing;
    private boolean failed;

    /** Where the session reads on. */
    @FunctionalInterface
    interface Positions {
        /** Offset of the first record that the session has not looked at; negative if it reads nothing there. */
        long in(TopicPartition partition);
    }

    SessionJournal(
            SessionStore store,
            Attachment attachment,
            EventLoop loop,
            OutboundWindow window,
            Positions positions,
            Runnable onFailure) {
        this.store = store;
        this.attachment = attachment;
        this.loop = loop;
        this.window = window;
        this.positions = positions;
        this.onFailure = onFailure;
    }

    Attachment attachment() {
        return attachment;
    }

    /** Takes up what is written already. */
    void restored(SessionRow row) {
        if (row instanceof SessionRow.Delivery delivery) {
            storedDeliveries.set(delivery.tag());
            durableDeliveries.set(delivery.tag());
        }
    }

    void restoredPosition(TopicPartition partition, long offset) {
        storedPositions.put(partition, offset);
    }

    /** Whether the session will know of the delivery, even if no write succeeds from now on. */
    boolean isDurable(int packetId) {
        return durableDeliveries.get(packetId);
    }

    /** The delivery of this packet identifier is new, has changed, or is settled. */
    void delivery(int packetId) {
        changedDeliveries.set(packetId);
        soon();
    }

    /** The session has moved on in this partition. */
    void moved(TopicPartition partition) {
        touched.add(partition);
        soon();
    }

    /** The session reads nothing of this partition any more. */
    void left(TopicPartition partition) {
        touched.remove(partition);
        if (storedPositions.remove(partition) != null) {
            remove(SessionRow.Position.keyOf(partition.topicId(), partition.partition()));
        }
    }

    void put(SessionRow row) {
        SessionChange change = SessionChange.put(row);
        changed.put(ByteBuffer.wrap(change.key()), change);
        soon();
    }

    void remove(byte[] key) {
        changed.put(ByteBuffer.wrap(key), SessionChange.remove(key));
        soon();
    }

    /** Runs {@code then} on the event loop once everything up to now is durable; never if that fails. */
    void sync(Runnable then) {
        waiting.add(then);
        now();
    }

    private void soon() {
        if (timer == null && !scheduled && !writing && !closed) {
            timer = loop.schedule(this::now, GATHER_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** After what the event loop does now, so that a burst goes together. */
    private void now() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (!scheduled && !writing && !closed) {
            scheduled = true;
            loop.execute(this::begin);
        }
    }

    private void begin() {
        scheduled = false;
        if (writing || closed) {
            return;
        }
        List<Runnable> told = waiting;
        waiting = new ArrayList<>(1);
        writing = true;
        write(gather(), 0, told);
    }

    /** Everything that has changed; positions last. */
    private List<SessionChange> gather() {
        List<SessionChange> changes = new ArrayList<>(changed.values());
        changed.clear();
        for (int id = changedDeliveries.nextSetBit(0); id >= 0; id = changedDeliveries.nextSetBit(id + 1)) {
            Entry entry = window.entry(id);
            if (entry != null && entry.isKept()) {
                storedDeliveries.set(id);
                changes.add(SessionChange.put(row(entry)));
            } else if (storedDeliveries.get(id)) {
                storedDeliveries.clear(id);
                changes.add(SessionChange.remove(SessionRow.Delivery.keyOf(id)));
            }
        }
        changedDeliveries.clear();
        for (TopicPartition partition : touched) {
            long offset = positions.in(partition);
            Long stored = storedPositions.get(partition);
            if (offset >= 0 && (stored == null || stored != offset)) {
                storedPositions.put(partition, offset);
                changes.add(
                        SessionChange.put(new SessionRow.Position(partition.topicId(), partition.partition(), offset)));
            }
        }
        touched.clear();
        return changes;
    }

    private static SessionRow row(Entry entry) {
        return new SessionRow.Delivery(
                entry.packetId(),
                entry.order(),
                entry.partition().topicId(),
                entry.partition().partition(),
                entry.offset(),
                entry.phase().code(),
                (byte) ((entry.qos() << 1) | (entry.retain() ? 1 : 0)),
                entry.source());
    }

    private void write(List<SessionChange> changes, int from, List<Runnable> told) {
        if (from == changes.size()) {
            written(told);
            return;
        }
        int end = partOf(changes, from);
        unsent = changes.subList(end, changes.size());
        store.update(attachment.name(), attachment.id(), List.copyOf(changes.subList(from, end)))
                .whenComplete((done, failure) -> loop.execute(() -> {
                    Consumer<Optional<List<List<SessionChange>>>> last = closing;
                    if (last != null) {
                        last.accept(failure == null ? Optional.of(rest()) : Optional.empty());
                    } else if (failure != null) {
                        failed = true;
                        closed = true;
                        writing = false;
                        onFailure.run();
                    } else {
                        write(changes, end, told);
                    }
                }));
    }

    private static int partOf(List<SessionChange> changes, int from) {
        int end = from;
        int bytes = 0;
        while (end < changes.size()
                && end - from < SessionChange.MAX_CHANGES
                && (end == from || bytes + changes.get(end).sizeInBytes() <= MAX_WRITE_BYTES)) {
            bytes += changes.get(end).sizeInBytes();
            end++;
        }
        return end;
    }

    private void written(List<Runnable> told) {
        writing = false;
        unsent = List.of();
        durableDeliveries = (BitSet) storedDeliveries.clone();
        told.forEach(Runnable::run);
        if (closed) {
            return;
        }
        if (!waiting.isEmpty()) {
            now();
        } else if (!changed.isEmpty() || !changedDeliveries.isEmpty() || !touched.isEmpty()) {
            soon();
        }
    }

    /**
     * Writes no more, and gives what is left to write, in parts that may be written one after the other; empty if a write
     * has failed, for then what follows it would tell less than the truth. Who waits for a write is not told any more.
     *
     * @param partitions where the session stands in these is to be written too
     */
    void close(Iterable<TopicPartition> partitions, Consumer<Optional<List<List<SessionChange>>>> last) {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (closed) {
            last.accept(failed ? Optional.empty() : Optional.of(List.of()));
            return;
        }
        closed = true;
        partitions.forEach(touched::add);
        List<SessionChange> all = new ArrayList<>(unsent);
        all.addAll(gather());
        unsent = all;
        if (writing) {
            closing = last;
        } else {
            last.accept(Optional.of(rest()));
        }
    }

    private List<List<SessionChange>> rest() {
        List<List<SessionChange>> parts = new ArrayList<>();
        for (int from = 0; from < unsent.size(); ) {
            int end = partOf(unsent, from);
            parts.add(List.copyOf(unsent.subList(from, end)));
            from = end;
        }
        return parts;
    }
}
