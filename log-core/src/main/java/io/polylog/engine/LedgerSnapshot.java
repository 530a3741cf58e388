package io.polylog.engine;

import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What is durable about a ledger at one moment. Immutable.
 *
 * @param startOffset every record below is archived
 * @param archived archived runs above the start: first offset to end, exclusive; neither adjacent nor overlapping
 * @param failures failed deliveries of records that are not archived, by offset
 * @param releases how often records that are not archived were given back, as far as that was to be counted, by offset
 * @param deliveredEnd records below may have been seen by a consumer; 0 if none has
 */
public record LedgerSnapshot(
        long startOffset,
        NavigableMap<Long, Long> archived,
        NavigableMap<Long, Integer> failures,
        NavigableMap<Long, Integer> releases,
        long deliveredEnd) {

    public LedgerSnapshot {
        archived = Collections.unmodifiableNavigableMap(new TreeMap<>(archived));
        failures = Collections.unmodifiableNavigableMap(new TreeMap<>(failures));
        releases = Collections.unmodifiableNavigableMap(new TreeMap<>(releases));
    }
}
