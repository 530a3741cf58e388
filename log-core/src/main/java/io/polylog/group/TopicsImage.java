package io.polylog.group;

import io.polylog.broker.Topic;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.DirectoryId;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;

/**
 * The gateway's topics as the metadata image that Kafka's coordinator assigns partitions from. Owned by the coordinator's
 * worker thread.
 */
final class TopicsImage {

    /** A change and the image it leads to. */
    record Update(MetadataDelta delta, MetadataImage image) {}

    private final int nodeId;
    private final Map<UUID, Integer> partitionCounts = new HashMap<>();
    private MetadataImage image = MetadataImage.EMPTY;
    private long version;

    TopicsImage(int nodeId) {
        this.nodeId = nodeId;
    }

    /** Compares with the topics as they are now; empty if nothing differs that the coordinator can see. */
    Optional<Update> refresh(Collection<Topic> topics) {
        MetadataDelta delta = new MetadataDelta.Builder().setImage(image).build();
        boolean changed = false;
        Set<UUID> gone = new HashSet<>(partitionCounts.keySet());
        topics.forEach(topic -> gone.remove(topic.id()));
        // First what is gone: a topic created again has the name of one that must be out of the way.
        for (UUID id : gone) {
            delta.replay(new RemoveTopicRecord().setTopicId(kafkaId(id)));
            partitionCounts.remove(id);
            changed = true;
        }
        for (Topic topic : topics) {
            int known = partitionCounts.getOrDefault(topic.id(), 0);
            if (topic.partitionCount() == known) {
                continue;
            }
            if (known == 0) {
                delta.replay(new TopicRecord().setName(topic.name()).setTopicId(kafkaId(topic.id())));
            }
            for (int partition = known; partition < topic.partitionCount(); partition++) {
                delta.replay(partitionOf(topic, partition));
            }
            partitionCounts.put(topic.id(), topic.partitionCount());
            changed = true;
        }
        if (!changed) {
            return Optional.empty();
        }
        version++;
        image = delta.apply(new MetadataProvenance(version, 0, 0, true));
        return Optional.of(new Update(delta, image));
    }

    private PartitionRecord partitionOf(Topic topic, int partition) {
        return new PartitionRecord()
                .setTopicId(kafkaId(topic.id()))
                .setPartitionId(partition)
                .setLeader(nodeId)
                .setReplicas(List.of(nodeId))
                .setIsr(List.of(nodeId))
                .setDirectories(List.of(DirectoryId.UNASSIGNED))
                .setLeaderEpoch(0)
                .setPartitionEpoch(0);
    }

    private static Uuid kafkaId(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
