package io.polylog.kafka.handler;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** What a client may ask of replicas here: one of each partition, on this node. */
final class ReplicaAssignments {

    private static final short DEFAULT_FACTOR = -1;

    /** How many replicas a partition has. */
    static final short FACTOR = 1;

    private ReplicaAssignments() {}

    static void checkFactor(short factor) {
        if (factor != DEFAULT_FACTOR && factor != FACTOR) {
            throw Errors.INVALID_REPLICATION_FACTOR.exception(
                    "Unable to replicate the partition " + factor + " time(s): 1 broker is registered.");
        }
    }

    static void check(List<Integer> brokers, int nodeId) {
        if (!brokers.equals(List.of(nodeId))) {
            throw Errors.INVALID_REPLICA_ASSIGNMENT.exception(
                    "The manual partition assignment includes brokers " + brokers + "; there is only " + nodeId + ".");
        }
    }
}
