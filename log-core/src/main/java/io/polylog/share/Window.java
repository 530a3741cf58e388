package io.polylog.share;

import io.polylog.broker.Isolation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The records between what is archived and what is not read yet: those that members hold and those that wait to be
 * taken, in offset order, so that what was given back goes out before what is new; and those of which it is not known
 * whether anybody may have them. Bounded by {@link ShareLimits};
 * ledger's thread.
 */
final class Window {

    private final ShareLimits limits;
    private final Doubts doubts;
    private final TreeMap<Long, Delivery> available = new TreeMap<>();
    private final Map<Long, Delivery> taken = new HashMap<>();
    private Isolation isolation = Isolation.COMMITTED;
    private long bytes;

    /** As many as are taken, for readers on other threads. */
    private volatile int takenCount;

    Window(ShareLimits limits, Doubts doubts) {
        this.limits = limits;
        this.doubts = doubts;
    }

    /** How many more records may be read: 0 when the window is full. */
    int room() {
        return bytes >= limits.windowBytes()
                ? 0
                : Math.max(
                        0,
                        Math.min(
                                limits.readRecords(),
                                limits.windowRecords() - available.size() - taken.size() - doubts.count()));
    }

    void add(Delivery delivery) {
        put(delivery);
        bytes += delivery.sizeInBytes();
    }

    private void put(Delivery delivery) {
        if (isolation == Isolation.COMMITTED && !delivery.isDecided()) {
            doubts.add(delivery);
        } else {
            available.put(delivery.offset(), delivery);
        }
    }

    /** Which records members may have from now on. */
    void isolate(Isolation wanted) {
        isolation = wanted;
        List<Delivery> moved = new ArrayList<>(doubts.dismiss());
        moved.addAll(available.values());
        available.clear();
        moved.forEach(this::put);
    }

    /** Makes available what has turned out to be committed, and lets go what was aborted. */
    void decideDoubts(Consumer<Delivery> aborted) {
        doubts.decide(this::put, delivery -> {
            bytes -= delivery.sizeInBytes();
            aborted.accept(delivery);
        });
    }

    boolean isAvailable(Delivery delivery) {
        return available.get(delivery.offset()) == delivery;
    }

    boolean hasAvailable() {
        return !available.isEmpty();
    }

    boolean hasAvailable(Member member) {
        return first(member) != null;
    }

    /** Takes the available record of the lowest offset that the member has not declined. */
    @Nullable
    Delivery take(Member member) {
        Delivery first = first(member);
        if (first != null) {
            take(first);
        }
        return first;
    }

    /** The first is it, but for records that were declined, which are few. */
    private @Nullable Delivery first(Member member) {
        for (Delivery delivery : available.values()) {
            if (delivery.isFor(member)) {
                return delivery;
            }
        }
        return null;
    }

    void take(Delivery delivery) {
        available.remove(delivery.offset());
        taken.put(delivery.offset(), delivery);
        takenCount = taken.size();
    }

    /** Records that members hold, or that are being settled. Any thread may ask. */
    int takenCount() {
        return takenCount;
    }

    @Nullable
    Delivery taken(long offset) {
        return taken.get(offset);
    }

    void giveBack(Delivery delivery) {
        taken.remove(delivery.offset());
        takenCount = taken.size();
        put(delivery);
    }

    void archived(Delivery delivery) {
        taken.remove(delivery.offset());
        takenCount = taken.size();
        bytes -= delivery.sizeInBytes();
    }

    List<Delivery> heldBy(Member member) {
        List<Delivery> held = new ArrayList<>();
        for (Delivery delivery : taken.values()) {
            if (delivery.isHeldBy(member)) {
                held.add(delivery);
            }
        }
        return held;
    }

    /** Available records that every one of the members has declined. */
    List<Delivery> unwanted(Collection<Member> members) {
        return available.values().stream()
                .filter(delivery -> delivery.isUnwanted(members))
                .toList();
    }
}
