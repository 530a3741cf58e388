package io.polylog.engine;

import io.polylog.kv.KeyValueStore;
import java.io.IOException;

/** The state of one replica group, by owner. Every owner belongs to the group's apply thread. */
public record GroupState(
        TopicState topics,
        PartitionState partitions,
        ProducerIdState producerIds,
        TransactionState transactions,
        LedgerState ledgers,
        ConfigState groupConfigs,
        ConfigState brokerConfigs,
        ConfigState clientMetrics,
        OriginState origins,
        SessionState sessions,
        TestamentState testaments,
        RetainedState retained,
        ScheduleState schedules,
        Outbox outbox,
        Inbox inbox,
        SecurityState security) {

    /** Takes up what the store holds: the state as it was at the entry that the store was last written with. */
    void load(KeyValueStore store) throws IOException {
        topics.load(store);
        partitions.load(store);
        producerIds.load(store);
        transactions.load(store);
        ledgers.load(store);
        groupConfigs.load(store);
        brokerConfigs.load(store);
        clientMetrics.load(store);
        origins.load(store);
        sessions.load(store);
        testaments.load(store);
        schedules.load(store);
        outbox.load(store);
        inbox.load(store);
        security.load(store);
    }

    /**
     * Lets something take effect in a group, as part of the entry being applied: here and now if it is this one, else by
     * way of the outbox.
     */
    void send(int group, Transfer transfer, ApplyContext context) {
        if (group == outbox.group()) {
            transfer.applyTo(this, context);
        } else {
            outbox.add(group, transfer, context);
        }
    }
}
