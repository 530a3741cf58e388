package io.polylog.mqtt.session;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSettings;
import io.polylog.mqtt.message.Message;
import io.polylog.mqtt.message.TopicMapping;
import io.polylog.mqtt.message.TopicMapping.Route;
import io.polylog.record.Partitioner;
import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides where a message goes in the log, and as what record. Any thread. */
final class PublishRouter {

    /** Topic trees with a meaning of their own, of which none may pass as an ordinary message. */
    private static final List<String> RESERVED = List.of("$SYS/", "$delayed/", "$schedule/", "$share/");

    private final Sessions sessions;

    PublishRouter(Sessions sessions) {
        this.sessions = sessions;
    }

    /**
     * A record and its place.
     *
     * @param retainAs the topic whose retained message it becomes
     */
    record Routed(TopicPartition partition, Record record, Optional<String> retainAs) {

        /** The same record in a partition that was chosen before. */
        Routed in(TopicPartition other) {
            return new Routed(other, record, retainAs);
        }
    }

    static boolean isReserved(String topic) {
        if (topic.isEmpty() || topic.charAt(0) != '$') {
            return false;
        }
        return RESERVED.stream().anyMatch(topic::startsWith);
    }

    /**
     * @param clientId kept with the record; null if it need not be
     * @return empty if its log topic was deleted just now, or the default one was refused
     * @throws RefusedException if nothing may be published there
     */
    Optional<Routed> route(Message message, @Nullable String clientId) {
        return route(message, clientId, sessions::hasLogTopic);
    }

    /** Routes to a log topic that was chosen before. */
    Optional<Routed> routeTo(Topic topic, Message message, @Nullable String clientId) {
        return route(message, clientId, topic.name()::equals);
    }

    private Optional<Routed> route(Message published, @Nullable String clientId, Predicate<String> exists) {
        boolean otherTime = ScheduleTopics.ask(published);
        Message message = otherTime ? ScheduleTopics.resolve(published) : published;
        if (isReserved(message.topic())) {
            throw new RefusedException(Refusal.INVALID_TOPIC_NAME, "topics that begin like that are the gateway's own");
        }
        Route route = TopicMapping.route(message.topic(), exists);
        return sessions.logTopic(route.logTopic()).map(topic -> {
            if (otherTime
                    && !TopicSettings.schedules(topic)) { // at once, where later was meant, would be worse than never
                throw new RefusedException(
                        Refusal.INVALID_SCHEDULE, "topic " + topic.name() + " is set not to schedule messages");
            }
            Record mapped = sessions.mapper().toRecord(message, route, clientId, sessions.timeMs());
            Record record = clears(message, topic)
                    ? new Record(mapped.key(), null, mapped.timestampMs(), mapped.headers())
                    : mapped;
            int partition = Partitioner.partitionFor(record.key(), topic.partitionCount());
            Optional<String> retainAs = message.retain() ? Optional.of(message.topic()) : Optional.empty();
            return new Routed(topic.partition(partition), record, retainAs);
        });
    }

    /** An empty retained message clears; on a compacted topic it clears the key too. */
    private static boolean clears(Message message, Topic topic) {
        return message.retain()
                && message.payload().length == 0
                && TopicSettings.value(topic, TopicSettings.CLEANUP_POLICY).contains("compact");
    }

    static Optional<Refusal> refusal(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RefusedException refused ? Optional.of(refused.refusal()) : Optional.empty();
    }
}
