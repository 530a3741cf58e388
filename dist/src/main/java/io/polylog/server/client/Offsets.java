package io.polylog.server.client;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/** Which offsets partitions have at a position. */
final class Offsets {

    static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private Offsets() {}

    static List<TopicPartition> partitions(TopicDescription topic) {
        return topic.partitions().stream()
                .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                .toList();
    }

    /** The first offset of each partition. */
    static Map<TopicPartition, Long> earliest(KafkaDoor gateway, Collection<TopicPartition> partitions)
            throws ClientException, InterruptedException {
        return ask(gateway, partitions, OffsetSpec.earliest());
    }

    /** The offset that the next record of each partition gets. */
    static Map<TopicPartition, Long> end(KafkaDoor gateway, Collection<TopicPartition> partitions)
            throws ClientException, InterruptedException {
        return ask(gateway, partitions, OffsetSpec.latest());
    }

    /** The offset of each partition at a position, within what the partition holds; its end for a time yet to come. */
    static Map<TopicPartition, Long> at(KafkaDoor gateway, Collection<TopicPartition> partitions, Position position)
            throws ClientException, InterruptedException {
        Map<TopicPartition, Long> end = end(gateway, partitions);
        return switch (position.kind()) {
            case LATEST -> end;
            case EARLIEST -> earliest(gateway, partitions);
            case OFFSET -> {
                Map<TopicPartition, Long> offsets = earliest(gateway, partitions);
                offsets.replaceAll((partition, first) ->
                        Math.min(Math.max(first, position.value()), end.getOrDefault(partition, first)));
                yield offsets;
            }
            case TIME -> {
                end.putAll(ask(gateway, partitions, OffsetSpec.forTimestamp(position.value())));
                yield end;
            }
        };
    }

    /** Without partitions that have nothing of that time. */
    private static Map<TopicPartition, Long> ask(
            KafkaDoor gateway, Collection<TopicPartition> partitions, OffsetSpec spec)
            throws ClientException, InterruptedException {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(partition, spec));
        var found = gateway.admin().listOffsets(asked);
        Map<TopicPartition, Long> offsets = new TreeMap<>(ORDER);
        for (TopicPartition partition : partitions) {
            long offset = gateway.answer(found.partitionResult(partition), partition.topic())
                    .offset();
            if (offset >= 0) {
                offsets.put(partition, offset);
            }
        }
        return offsets;
    }
}
