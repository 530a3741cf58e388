package io.polylog.mqtt.session;

import io.polylog.broker.Topics;
import io.polylog.metric.Meters;
import io.polylog.mqtt.codec.TopicNames;
import io.polylog.mqtt.session.OutboundWindow.Phase;
import io.polylog.mqtt.session.SubscriptionCodec.Place;
import io.polylog.record.TopicPartition;
import io.polylog.session.SessionRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes up what one session has kept: it reads on where it stopped, in topics that were made meanwhile from their beginning.
 * Used once, on the session's shard.
 */
final class Restoration {

    private final Shard shard;
    private final Hubs hubs;
    private final Topics topics;
    private final Meters.Counter lost;
    private final Session session;
    private final SessionJournal journal;
    private final Map<Place, Long> positions = new HashMap<>();

    /**
     * @param lost counts offsets that retention has removed before the session could read them
     */
    Restoration(Shard shard, Hubs hubs, Topics topics, Meters.Counter lost, Session session, SessionJournal journal) {
        this.shard = shard;
        this.hubs = hubs;
        this.topics = topics;
        this.lost = lost;
        this.session = session;
        this.journal = journal;
    }

    /** Nothing is sent before {@link Session#redeliver}. */
    void of(List<SessionRow> rows) {
        for (SessionRow row : rows) {
            journal.restored(row);
            if (row instanceof SessionRow.Position position) {
                positions.put(new Place(position.topicId(), position.partition()), position.offset());
            } else if (row instanceof SessionRow.Subscription kept && !TopicNames.isShared(kept.filter())) {
                subscription(kept.filter(), SubscriptionCodec.decode(kept.options()));
            } else if (row instanceof SessionRow.Delivery delivery) {
                delivery(delivery);
            }
        }
        for (TopicPartition partition : shard.partitionsOf(session)) {
            position(partition, positions.remove(new Place(partition.topicId(), partition.partition())));
        }
        positions.keySet().forEach(gone -> journal.remove(SessionRow.Position.keyOf(gone.topicId(), gone.partition())));
        for (OutboundWindow.Entry entry : session.window().inOrder()) {
            session.absence().unsettled(entry.partition(), entry.offset());
        }
    }

    private void subscription(String filter, SubscriptionCodec.Kept kept) {
        Subscription subscription = new Subscription(session, filter, kept.options());
        kept.starts()
                .forEach((place, offset) -> partition(place.topicId(), place.partition())
                        .ifPresent(partition -> subscription.startAt(partition, offset)));
        shard.add(subscription);
    }

    private void delivery(SessionRow.Delivery delivery) {
        Optional<TopicPartition> partition = partition(delivery.topicId(), delivery.partition());
        if (partition.isEmpty()) {
            journal.delivery(delivery.tag()); // its topic is gone
            return;
        }
        session.window()
                .restore(
                        delivery.tag(),
                        delivery.order(),
                        partition.get(),
                        delivery.offset(),
                        delivery.flags() >> 1,
                        (delivery.flags() & 1) != 0,
                        delivery.source(),
                        Phase.of(delivery.phase()));
    }

    private void position(TopicPartition partition, @Nullable Long kept) {
        hubs.offsetsOf(partition).ifPresent(offsets -> {
            if (kept != null) {
                journal.restoredPosition(partition, kept);
                lost.add(Math.max(0, offsets.logStart() - kept));
            }
            session.absence().lastedUntil(partition, offsets.lastStable());
            session.standing().fallBehind(partition, kept == null ? 0 : kept);
        });
    }

    private Optional<TopicPartition> partition(UUID topicId, int partition) {
        return topics.find(topicId)
                .filter(topic -> partition < topic.partitionCount())
                .map(topic -> topic.partition(partition));
    }
}
