package io.polylog.broker;

import java.util.Objects;
import java.util.UUID;

/**
 * By what a partition knows a record that is published exactly once: published again, it is found and not appended.
 *
 * @param id of the publisher, the same across its connections
 * @param sequence of the record, from 1; given once for all partitions
 * @param floor nothing below this sequence will be published again, so that it can be forgotten
 */
public record Origin(UUID id, long sequence, long floor) {

    public Origin {
        Objects.requireNonNull(id, "id");
        if (sequence < 1 || floor > sequence) {
            throw new IllegalArgumentException("sequence " + sequence + " with floor " + floor);
        }
    }
}
