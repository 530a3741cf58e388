package io.polylog.node;

import io.polylog.broker.KnownBrokerSettings;

/**
 * What compaction may take of the gateway, as the broker's settings have it at the moment.
 *
 * @param segmentBytes up to which segments are joined, of topics that do not say
 */
record CompactionLimits(DurableBrokerSettings settings, int segmentBytes) {

    /** Milliseconds between two looks for something to compact, from 1. */
    long intervalMs() {
        return Math.max(1, Long.parseLong(settings.value(KnownBrokerSettings.COMPACTION_BACKOFF_MS)));
    }

    /** Memory for keys while there is something. */
    int mapBytes() {
        return Integer.parseInt(settings.value(KnownBrokerSettings.COMPACTION_MAP_BYTES));
    }

    /** How fast segments are read. */
    double bytesPerSecond() {
        return Double.parseDouble(settings.value(KnownBrokerSettings.COMPACTION_BYTES_PER_SECOND));
    }
}
