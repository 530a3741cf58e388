package io.polylog.testkit;

import io.polylog.engine.Homes;
import io.polylog.node.TopicIds;
import java.util.UUID;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Ids for topics such that each topic's partitions live in the group next to those of the topic made before: a source and
 * its target are then never in one group by chance, where the shared journal would hide a mistake. Any thread.
 */
final class SpreadTopicIds implements Supplier<UUID> {

    private final Homes homes;
    private final IntSupplier topics;
    private final Supplier<UUID> random = TopicIds.random();
    private int made;

    /**
     * @param topics topics that exist, so that the order goes on after a restart
     */
    SpreadTopicIds(Homes homes, IntSupplier topics) {
        this.homes = homes;
        this.topics = topics;
    }

    @Override
    public synchronized UUID get() {
        made = Math.max(made, topics.getAsInt()) + 1;
        int home = 1 + made % homes.dataGroups();
        UUID id = random.get();
        while (homes.of(id, 0) != home) {
            id = random.get();
        }
        return id;
    }
}
