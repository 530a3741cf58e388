package io.polylog.mqtt.session;

import io.polylog.record.TopicPartition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a session that has come back must know of the records written while it was away: QoS 0 messages of that time are not
 * for it, and unsettled deliveries are sent again by themselves. Forgotten partition by partition as they are read. Owned by
 * the session's shard.
 */
final class Absence {

    private final Map<TopicPartition, Long> ends = new HashMap<>(2);
    private final Map<TopicPartition, Set<Long>> unsettled = new HashMap<>(2);

    boolean isEmpty() {
        return ends.isEmpty() && unsettled.isEmpty();
    }

    /** Records of the partition below {@code end} were written in the client's absence. */
    void lastedUntil(TopicPartition partition, long end) {
        ends.put(partition, end);
    }

    /** The record is being delivered already. */
    void unsettled(TopicPartition partition, long offset) {
        unsettled.computeIfAbsent(partition, unused -> new HashSet<>()).add(offset);
    }

    /** Whether the session does not get a record. It is asked in the order of their offsets. */
    boolean leavesOut(TopicPartition partition, long offset, int qos) {
        Set<Long> delivered = unsettled.get(partition);
        if (delivered != null && delivered.remove(offset)) {
            if (delivered.isEmpty()) {
                unsettled.remove(partition);
            }
            return true;
        }
        Long end = ends.get(partition);
        if (end == null) {
            return false;
        }
        if (offset >= end) {
            ends.remove(partition);
            return false;
        }
        return qos == 0;
    }
}
