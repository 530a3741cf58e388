package io.polylog.node;

import java.util.UUID;
import java.util.function.Supplier;

/** Where the ids of new topics come from: an id decides which groups are home to the topic's partitions. */
public final class TopicIds {

    private TopicIds() {}

    /** Random, but never one whose Base64 form begins with a dash: Kafka's tools would take it for an option. */
    public static Supplier<UUID> random() {
        return () -> {
            UUID id = UUID.randomUUID();
            while (id.getMostSignificantBits() >>> 58 == 62) {
                id = UUID.randomUUID();
            }
            return id;
        };
    }
}
