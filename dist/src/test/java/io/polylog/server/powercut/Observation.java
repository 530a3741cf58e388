package io.polylog.server.powercut;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Everything durable about a gateway, as its doors would see it, except what observing leaves behind.
 *
 * @param topics by name
 */
record Observation(UUID clusterId, Map<String, TopicSeen> topics) {

    /** A topic that is visible. */
    record TopicSeen(UUID id, Map<String, String> config, List<PartitionSeen> partitions) {}

    /**
     * @param records what readers see, in the order of the offsets
     * @param committed by group: the committed offset, of the groups that have one here
     * @param ledgers by share group: what it would still deliver
     */
    record PartitionSeen(List<RecordSeen> records, Map<String, Long> committed, Map<String, LedgerSeen> ledgers) {}

    /**
     * @param producerId of its batch, or -1
     */
    record RecordSeen(long offset, Sent sent, long timestampMs, long producerId) {}

    /**
     * @param failures by offset: how often delivery failed, of every record that is available
     */
    record LedgerSeen(Map<Long, Integer> failures) {}
}
