package io.polylog.mqtt.session;

import io.polylog.broker.Marks;
import io.polylog.broker.Origin;
import io.polylog.broker.Refusal;
import io.polylog.mqtt.message.Message;
import io.polylog.mqtt.session.PublishRouter.Routed;
import io.polylog.record.TopicPartition;
import io.polylog.session.SessionStore;
import io.polylog.session.Testament;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Publishes wills when they fall due, each once. Any thread. */
final class WillPublisher implements SessionStore.TestamentExecutor {

    private final Sessions sessions;

    WillPublisher(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public CompletionStage<Optional<TopicPartition>> execute(String clientId, Testament testament) {
        Message will = WillCodec.decode(testament.message());
        if (sessions.hasDefaultTopic()) {
            return publish(will, testament);
        }
        return sessions.ensureDefaultTopic()
                .handle((topic, failure) -> topic)
                .thenCompose(topic -> publish(will, testament));
    }

    private CompletionStage<Optional<TopicPartition>> publish(Message will, Testament testament) {
        Optional<Routed> routed = sessions.router().route(will, null);
        if (routed.isEmpty()) {
            sessions.refusedPublishes().add(1);
            return CompletableFuture.completedFuture(Optional.empty());
        }
        TopicPartition partition = routed.get().partition();
        Origin origin = new Origin(testament.id(), 1, 1);
        return sessions.context()
                .publisher()
                .publish(
                        partition,
                        routed.get().record(),
                        new Marks(Optional.of(origin), routed.get().retainAs()))
                .handle((published, failure) -> {
                    if (failure != null && mayPass(failure)) {
                        throw new java.util.concurrent.CompletionException(failure);
                    }
                    if (failure == null) {
                        sessions.flows().of(partition).in(1, will.payload().length);
                    } else {
                        sessions.refusedPublishes().add(1);
                    }
                    return failure == null ? Optional.of(partition) : Optional.empty();
                });
    }

    /** Whether it is worth trying again. */
    private static boolean mayPass(Throwable failure) {
        return PublishRouter.refusal(failure)
                .map(refusal -> refusal == Refusal.OVERLOADED
                        || refusal == Refusal.DISK_FULL
                        || refusal == Refusal.CLOSED
                        || refusal == Refusal.STORAGE_FAILED)
                .orElse(true);
    }
}
