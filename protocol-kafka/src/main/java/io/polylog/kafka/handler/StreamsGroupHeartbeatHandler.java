package io.polylog.kafka.handler;

import io.polylog.broker.TopicSpec;
import io.polylog.broker.Topics;
import io.polylog.group.GroupCoordinator;
import io.polylog.group.StreamsHeartbeat;
import io.polylog.kafka.codec.Reply;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * StreamsGroupHeartbeat (KIP-1071): keeps a member of a group of Kafka Streams, and creates the changelogs and repartition
 * topics that the coordinator finds missing. The member is told that they were, and finds them with its next heartbeat.
 */
final class StreamsGroupHeartbeatHandler implements RequestHandler<StreamsGroupHeartbeatRequestData> {

    private static final Logger log = LoggerFactory.getLogger(StreamsGroupHeartbeatHandler.class);

    private final GroupCoordinator coordinator;
    private final Topics topics;

    StreamsGroupHeartbeatHandler(GroupCoordinator coordinator, Topics topics) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
        this.topics = Objects.requireNonNull(topics, "topics");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, StreamsGroupHeartbeatRequestData request) {
        return coordinator
                .streamsGroupHeartbeat(call.caller(), request)
                .thenCompose(heard -> created(request.groupId(), heard).thenApply(done -> Reply.of(heard.answer())));
    }

    private CompletionStage<Void> created(String group, StreamsHeartbeat heard) {
        List<CompletableFuture<String>> creations = heard.missingTopics().stream()
                .map(topic -> create(group, topic))
                .toList();
        return CompletableFuture.allOf(creations.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<String> create(String group, CreatableTopic topic) {
        Map<String, String> config = new HashMap<>();
        topic.configs().forEach(entry -> config.put(entry.name(), entry.value()));
        return topics.obtain(new TopicSpec(topic.name(), topic.numPartitions(), config))
                .handle((created, failure) -> {
                    if (failure != null) {
                        log.atWarn()
                                .addKeyValue("group", group)
                                .addKeyValue("topic", topic.name())
                                .addKeyValue("reason", failure.getMessage())
                                .log("an internal topic of a streams group cannot be created");
                    }
                    return "done either way";
                })
                .toCompletableFuture();
    }
}
