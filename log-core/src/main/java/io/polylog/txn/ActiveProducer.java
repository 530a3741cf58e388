package io.polylog.txn;

/**
 * A producer that a partition remembers.
 *
 * @param lastSequence of its last record; -1 if none since its epoch began
 * @param lastTimeMs when it last wrote, milliseconds since the Unix epoch
 * @param coordinatorEpoch of the last marker; -1 if none
 * @param firstOffset of its open transaction; -1 if none
 */
public record ActiveProducer(
        Producer producer, int lastSequence, long lastTimeMs, int coordinatorEpoch, long firstOffset) {}
