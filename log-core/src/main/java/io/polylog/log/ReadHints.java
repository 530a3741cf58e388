package io.polylog.log;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Remembers where recent reads stopped, so that a reader that comes back for the rest needs neither index nor scan.
 * A batch never moves within its segment, so a hint cannot become wrong, only forgotten. Any thread.
 */
final class ReadHints {

    private static final int SLOTS = 16;

    private final AtomicReferenceArray<BatchPlace> places = new AtomicReferenceArray<>(SLOTS);

    void put(BatchPlace place) {
        places.set(slot(place.offset()), place);
    }

    Optional<BatchPlace> find(long offset, SegmentName segment) {
        return Optional.ofNullable(places.get(slot(offset)))
                .filter(place -> place.offset() == offset && place.segment().equals(segment));
    }

    private static int slot(long offset) {
        // Offsets at which reads stop are often multiples of a batch's size; the multiplication spreads them.
        return (int) ((offset * 0x9E3779B97F4A7C15L) >>> 60);
    }
}
