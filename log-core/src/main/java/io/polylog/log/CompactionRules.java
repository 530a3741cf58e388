package io.polylog.log;

/**
 * When and how a log is compacted; Kafka's settings of the same names.
 *
 * @param minDirtyRatio how much of what may be compacted must be new, from 0 to 1
 * @param minLagMs how old records must be to be compacted, milliseconds from 0
 * @param maxLagMs how old records may grow before they are, whatever the ratio, milliseconds
 * @param deleteRetentionMs how long after that a tombstone stays, milliseconds from 0
 * @param segmentBytes up to which segments are joined
 */
public record CompactionRules(
        double minDirtyRatio, long minLagMs, long maxLagMs, long deleteRetentionMs, int segmentBytes) {}
