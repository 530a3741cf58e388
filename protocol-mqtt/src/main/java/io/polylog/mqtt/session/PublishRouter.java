package io.polylog.mqtt.session;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSettings;
import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.mqtt.session.RecordMapper.Message;
import io.polylog.mqtt.session.TopicMapping.Route;
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

    /** A record and its place. */
    record Routed(TopicPartition partition, Record record) {}

    static boolean isReserved(String topic) {
        return RESERVED.stream().anyMatch(topic::startsWith);
    }

    /** Whether a message may be published at all. */
    static ReasonCode check(Message message) {
        if (isReserved(message.topic())) {
            return ReasonCode.TOPIC_NAME_INVALID;
        }
        // Delivering at once what was to be delivered later would be worse than not delivering it.
        return RecordMapper.asksForSchedule(message.properties())
                ? ReasonCode.IMPLEMENTATION_SPECIFIC
                : ReasonCode.SUCCESS;
    }

    /**
     * @param clientId kept with the record; null if it need not be
     * @return empty if its log topic was deleted just now, or the default one was refused
     */
    Optional<Routed> route(Message message, @Nullable String clientId) {
        return route(message, clientId, sessions::hasLogTopic);
    }

    /** Routes to a log topic that was chosen before. */
    Optional<Routed> routeTo(Topic topic, Message message, @Nullable String clientId) {
        return route(message, clientId, topic.name()::equals);
    }

    private Optional<Routed> route(Message message, @Nullable String clientId, Predicate<String> exists) {
        Route route = TopicMapping.route(message.topic(), exists);
        return sessions.logTopic(route.logTopic()).map(topic -> {
            Record mapped = sessions.mapper().toRecord(message, route, clientId, sessions.timeMs());
            Record record = clears(message, topic)
                    ? new Record(mapped.key(), null, mapped.timestampMs(), mapped.headers())
                    : mapped;
            int partition = Partitioner.partitionFor(record.key(), topic.partitionCount());
            return new Routed(topic.partition(partition), record);
        });
    }

    /** An empty retained message clears; on a compacted topic it clears the key too. */
    private static boolean clears(Message message, Topic topic) {
        return message.retain()
                && message.payload().length == 0
                && TopicSettings.value(topic, TopicSettings.CLEANUP_POLICY).contains("compact");
    }

    /** Only codes that a PUBACK or PUBREC may carry (MQTT 5 §3.4.2.1, §3.5.2.1). */
    static ReasonCode reasonFor(@Nullable Throwable failure) {
        if (failure == null) {
            return ReasonCode.SUCCESS;
        }
        return refusal(failure)
                .map(refusal -> switch (refusal) {
                    case INTERNAL_TOPIC -> ReasonCode.NOT_AUTHORIZED;
                    case BATCH_TOO_LARGE, OVERLOADED, DISK_FULL -> ReasonCode.QUOTA_EXCEEDED;
                    case INVALID_RECORD, INVALID_SCHEDULE, SCHEDULE_TOO_LATE, SCHEDULE_NOT_FOUND ->
                        ReasonCode.IMPLEMENTATION_SPECIFIC;
                    default -> ReasonCode.UNSPECIFIED_ERROR;
                })
                .orElse(ReasonCode.UNSPECIFIED_ERROR);
    }

    static Optional<Refusal> refusal(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RefusedException refused ? Optional.of(refused.refusal()) : Optional.empty();
    }
}
