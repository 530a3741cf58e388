package io.polylog.broker;

/**
 * Where a partition begins and ends.
 *
 * @param logStart first offset that can be read
 * @param highWatermark one past the last offset that can be read; equal to the log end, since only durable records are in the log
 * @param lastStable one past the last offset a read-committed consumer may read
 * @param leaderEpoch term of the replica group that leads the partition
 */
public record PartitionOffsets(long logStart, long highWatermark, long lastStable, int leaderEpoch) {}
