package io.polylog.mqtt.session;

import io.netty.channel.EventLoop;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.mqtt.message.TopicMapping;
import io.polylog.record.TopicPartition;
import io.polylog.spi.AdapterContext;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which partitions a shard reads: one hub for each that any of its filters can match. Owned by the shard.
 *
 * <p>A partition that was there when a filter first wanted it is read from its end, one that came later from its beginning.
 */
final class Hubs {

    private final Shard shard;
    private final AdapterContext context;
    private final EventLoop loop;
    private final Interest interest = new Interest();
    /** Topics this shard has heard of, whether or not it reads them: what comes later is read from its beginning. */
    private final Map<String, Topic> known = new HashMap<>();

    private final Map<TopicPartition, Hub> hubs = new HashMap<>();

    Hubs(Shard shard, AdapterContext context, EventLoop loop) {
        this.shard = shard;
        this.context = context;
        this.loop = loop;
        for (Topic topic : context.topics().all()) {
            known.put(topic.name(), topic);
        }
    }

    /** All there are, in a copy. */
    Collection<Hub> all() {
        return List.copyOf(hubs.values());
    }

    @Nullable
    Hub find(TopicPartition partition) {
        return hubs.get(partition);
    }

    /** Opens the hubs that a filter needs and nobody had needed before. */
    void want(String filter) {
        learn(filter);
        interest.add(filter);
        if (Interest.isWild(filter)) {
            known.values().forEach(this::readTopic);
        } else {
            readTopic(known.get(Interest.logTopic(filter)));
            readTopic(known.get(TopicMapping.DEFAULT_LOG_TOPIC));
        }
    }

    /** One of those who wanted a filter does no more; {@link #closeUnwanted} follows. */
    void unwant(String filter) {
        interest.remove(filter);
    }

    void closeUnwanted() {
        hubs.values().removeIf(hub -> {
            boolean unwanted = !interest.wants(hub.partition().topic());
            if (unwanted) {
                hub.close();
            }
            return unwanted;
        });
    }

    /** A topic has appeared or grown. Partitions that were not there before are read from their beginning. */
    void changed(Topic topic) {
        Topic before = known.put(topic.name(), topic);
        boolean isNew = before == null || !before.id().equals(topic.id());
        if (!isWanted(topic)) {
            return;
        }
        for (TopicPartition partition : Topics.partitions(topic)) {
            if (isNew || partition.partition() >= before.partitionCount()) {
                open(partition, 0);
            }
        }
    }

    void deleted(Topic topic) {
        known.remove(topic.name(), topic);
        for (TopicPartition partition : Topics.partitions(topic)) {
            Hub hub = hubs.get(partition);
            if (hub != null) {
                ended(hub);
            }
        }
    }

    /** A hub will not get another record. */
    void ended(Hub hub) {
        hub.close();
        hubs.remove(hub.partition());
    }

    /** Where what is committed of the log ends now; empty if it was deleted just now. */
    Optional<Long> endOf(TopicPartition partition) {
        return offsetsOf(partition).map(PartitionOffsets::lastStable);
    }

    Optional<PartitionOffsets> offsetsOf(TopicPartition partition) {
        try {
            return Optional.of(context.fetcher().offsets(partition));
        } catch (RefusedException gone) {
            return Optional.empty();
        }
    }

    /** Hears of topics whose news are still on their way, so that sessions already here read them from the beginning. */
    private void learn(String filter) {
        if (Interest.isWild(filter)) {
            context.topics().all().forEach(this::learnOf);
        } else {
            context.topics().find(Interest.logTopic(filter)).ifPresent(this::learnOf);
        }
        context.topics().find(TopicMapping.DEFAULT_LOG_TOPIC).ifPresent(this::learnOf);
    }

    private void learnOf(Topic topic) {
        Topic before = known.get(topic.name());
        if (before == null || !before.equals(topic)) {
            changed(topic);
        }
    }

    private void readTopic(@Nullable Topic topic) {
        if (topic == null || !isWanted(topic)) {
            return;
        }
        for (TopicPartition partition : Topics.partitions(topic)) {
            if (!hubs.containsKey(partition)) {
                endOf(partition).ifPresent(end -> open(partition, end));
            }
        }
    }

    private boolean isWanted(Topic topic) {
        return TopicMapping.isMounted(topic) && interest.wants(topic.name());
    }

    private void open(TopicPartition partition, long offset) {
        if (!hubs.containsKey(partition)) {
            Hub hub = new Hub(shard, partition, offset, context.dispatcher(), loop);
            hubs.put(partition, hub);
            loop.execute(hub);
        }
    }
}
