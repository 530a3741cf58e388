package io.polylog.log;

/**
 * Answer to "where did that leader epoch end?" (Kafka OffsetForLeaderEpoch).
 *
 * @param leaderEpoch the largest epoch with records at or below the one asked for; the one asked for if none is
 * @param endOffset first offset of a later epoch, or the high watermark
 */
public record EpochEnd(int leaderEpoch, long endOffset) {}
