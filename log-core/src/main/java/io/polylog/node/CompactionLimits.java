package io.polylog.node;

/**
 * What compaction may take of the gateway.
 *
 * @param intervalMs milliseconds between two looks for something to compact
 * @param mapBytes memory for keys while there is something
 * @param bytesPerSecond how fast segments are read
 * @param segmentBytes up to which segments are joined, of topics that do not say
 */
record CompactionLimits(long intervalMs, int mapBytes, int bytesPerSecond, int segmentBytes) {}
