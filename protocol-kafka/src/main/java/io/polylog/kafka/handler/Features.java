package io.polylog.kafka.handler;

import java.util.List;
import java.util.Optional;

/** What clients ask the cluster as a whole for (KIP-584). Each feature is at one level, and stays there. */
final class Features {

    /**
     * @param min the lowest level that is known
     * @param max the highest
     * @param level the one in use; 0 if the feature is off
     */
    record Feature(String name, short min, short max, short level) {}

    private final List<Feature> all;

    /**
     * @param transactionVersion level of {@code transaction.version}: 2 for KIP-890
     */
    Features(int transactionVersion) {
        all = List.of(
                // From 3.3-IV3, the oldest level of Kafka 4, to that of Kafka 4.4, whose message classes are used here.
                feature("metadata.version", 7, 33, 33),
                // The next protocol of consumer groups (KIP-848).
                feature("group.version", 0, 1, 1),
                feature("transaction.version", 0, 2, transactionVersion),
                // Share groups (KIP-932), with dead-letter topics of their own (KIP-1191).
                feature("share.version", 0, 2, 2),
                // Groups of Kafka Streams (KIP-1071).
                feature("streams.version", 0, 1, 1));
    }

    List<Feature> all() {
        return all;
    }

    Optional<Feature> find(String name) {
        return all.stream().filter(feature -> feature.name().equals(name)).findFirst();
    }

    private static Feature feature(String name, int min, int max, int level) {
        return new Feature(name, (short) min, (short) max, (short) level);
    }
}
