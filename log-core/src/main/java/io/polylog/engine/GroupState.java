package io.polylog.engine;

/** The state of one replica group, by owner. Every owner belongs to the group's apply thread. */
public record GroupState(
        TopicState topics, PartitionState partitions, ProducerIdState producerIds, LedgerState ledgers) {}
