package io.polylog.server.powercut;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.server.powercut.Observation.TopicSeen;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway must know after a crash: everything that it acknowledged. What was asked for and not acknowledged may
 * have happened or not, and nothing else may. Any thread: acknowledgements come from the gateway's own.
 */
final class Model {

    /** A topic, and what is being done to it. */
    private static final class TopicModel {
        private final UUID id;
        private final List<PartitionModel> partitions = new ArrayList<>();
        private int growingTo;
        private boolean deleting;

        TopicModel(UUID id, int partitionCount) {
            this.id = id;
            growTo(partitionCount);
        }

        void growTo(int partitionCount) {
            addPartitions(partitionCount);
            growingTo = partitionCount;
        }

        void addPartitions(int partitionCount) {
            while (partitions.size() < partitionCount) {
                partitions.add(new PartitionModel());
            }
        }
    }

    private final Map<String, TopicModel> topics = new TreeMap<>();
    private final Map<String, Integer> creating = new TreeMap<>();
    private final Set<UUID> deleted = new HashSet<>();
    private final Set<Long> producerIds = new HashSet<>();
    private @Nullable UUID clusterId;

    /** The gateway is up, so what it calls itself must last. */
    synchronized void started(UUID ownId) {
        if (clusterId == null) {
            clusterId = ownId;
        }
        assertThat(ownId).as("cluster id").isEqualTo(clusterId);
    }

    synchronized void creating(String name, int partitions) {
        creating.put(name, partitions);
    }

    synchronized void created(Topic topic) {
        assertThat(creating.remove(topic.name()))
                .as("partitions of " + topic.name())
                .isEqualTo(topic.partitionCount());
        topics.put(topic.name(), new TopicModel(topic.id(), topic.partitionCount()));
    }

    synchronized void growing(String name, int partitions) {
        topic(name).growingTo = partitions;
    }

    synchronized void grown(String name) {
        topic(name).growTo(topic(name).growingTo);
    }

    synchronized void deleting(String name) {
        topic(name).deleting = true;
    }

    synchronized void deleted(String name) {
        deleted.add(topic(name).id);
        topics.remove(name);
    }

    /** Notes something about a partition. */
    synchronized void partition(String topic, int partition, Consumer<PartitionModel> note) {
        note.accept(topic(topic).partitions.get(partition));
    }

    /** Like {@link #partition}, from an acknowledgement that may come after the topic is gone. */
    synchronized void acknowledged(UUID topicId, String topic, int partition, Consumer<PartitionModel> note) {
        TopicModel model = topics.get(topic);
        if (model != null && model.id.equals(topicId)) {
            note.accept(model.partitions.get(partition));
        }
    }

    /** Notes what was done after a crash, when the model may not know yet that the topic was grown. */
    synchronized void observed(Topic topic, int partition, Consumer<PartitionModel> note) {
        TopicModel model = topic(topic.name());
        assertThat(topic.partitionCount()).as("partitions of " + topic.name()).isLessThanOrEqualTo(model.growingTo);
        model.addPartitions(topic.partitionCount());
        note.accept(model.partitions.get(partition));
    }

    synchronized void producerId(long id) {
        assertThat(producerIds.add(id)).as("producer id %s, given again", id).isTrue();
    }

    synchronized Set<String> shareGroups(String topic) {
        Set<String> groups = new HashSet<>();
        TopicModel model = topics.get(topic);
        if (model != null) {
            model.partitions.forEach(partition -> groups.addAll(partition.shareGroups()));
        }
        return groups;
    }

    synchronized Set<String> streamGroups(String topic) {
        Set<String> groups = new HashSet<>();
        TopicModel model = topics.get(topic);
        if (model != null) {
            model.partitions.forEach(partition -> groups.addAll(partition.streamGroups()));
        }
        return groups;
    }

    private TopicModel topic(String name) {
        TopicModel topic = topics.get(name);
        if (topic == null) {
            throw new IllegalStateException("the model has no topic " + name);
        }
        return topic;
    }

    // ---- after a crash ------------------------------------------------------------------------------------------

    /** Checks what was found, and takes it for what must be found from now on. */
    synchronized void check(Observation seen) {
        assertThat(clusterId == null || clusterId.equals(seen.clusterId()))
                .as("cluster id")
                .isTrue();
        clusterId = seen.clusterId();
        for (Map.Entry<String, TopicModel> topic : List.copyOf(topics.entrySet())) {
            check(topic.getKey(), topic.getValue(), seen.topics().get(topic.getKey()));
        }
        seen.topics().forEach((name, topic) -> {
            if (!topics.containsKey(name)) {
                assertThat(deleted)
                        .as("topic %s was deleted, and is back", name)
                        .doesNotContain(topic.id());
                assertThat(creating).as("topic %s was never created", name).containsKey(name);
                assertThat(topic.partitions()).as("partitions of " + name).hasSize(creating.get(name));
                topics.put(name, new TopicModel(topic.id(), topic.partitions().size()));
                checkPartitions(name, topics.get(name), topic);
            }
        });
        creating.clear();
    }

    private void check(String name, TopicModel model, @Nullable TopicSeen seen) {
        if (seen == null || (model.deleting && !seen.id().equals(model.id))) {
            assertThat(model.deleting).as("topic %s is gone", name).isTrue();
            deleted.add(model.id);
            topics.remove(name);
            return;
        }
        assertThat(seen.id()).as("id of topic %s", name).isEqualTo(model.id);
        assertThat(seen.partitions().size())
                .as("partitions of %s", name)
                .isIn(model.partitions.size(), model.growingTo);
        model.growTo(seen.partitions().size());
        model.deleting = false;
        checkPartitions(name, model, seen);
    }

    private static void checkPartitions(String name, TopicModel model, TopicSeen seen) {
        for (int i = 0; i < seen.partitions().size(); i++) {
            model.partitions.get(i).check(name + "-" + i, seen.partitions().get(i));
        }
    }
}
