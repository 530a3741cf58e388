package io.polylog.kafka.handler;

import static org.apache.kafka.common.requests.StreamsGroupHeartbeatResponse.Status.MISSING_INTERNAL_TOPICS;

import io.polylog.broker.TopicSpec;
import io.polylog.broker.Topics;
import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import io.polylog.kafka.guard.Guard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * StreamsGroupHeartbeat (KIP-1071): keeps a member of a group of Kafka Streams, and creates the changelogs and repartition
 * topics that the coordinator finds missing. The member is told that they were, and finds them with its next heartbeat.
 */
public final class StreamsGroupHeartbeatHandler implements RequestHandler<StreamsGroupHeartbeatRequestData> {

    private static final Logger log = LoggerFactory.getLogger(StreamsGroupHeartbeatHandler.class);

    private final GroupCoordinator coordinator;
    private final Topics topics;
    private final Access access;

    /**
     * @param access asked whether a member may have the internal topics created
     */
    public StreamsGroupHeartbeatHandler(GroupCoordinator coordinator, Topics topics, Access access) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
        this.topics = Objects.requireNonNull(topics, "topics");
        this.access = Objects.requireNonNull(access, "access");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, StreamsGroupHeartbeatRequestData request) {
        return coordinator.streamsGroupHeartbeat(call.caller(), request).thenCompose(heard -> {
            List<CreatableTopic> refused = new ArrayList<>();
            List<CreatableTopic> wanted =
                    Guard.kept(heard.missingTopics(), topic -> access.creating(call, topic.name()), refused);
            tell(heard.answer(), refused);
            return created(request.groupId(), wanted).thenApply(done -> Reply.of(heard.answer()));
        });
    }

    /** That topics are missing is in the answer already; that they will be, since the member may not create them, is not. */
    private static void tell(StreamsGroupHeartbeatResponseData answer, List<CreatableTopic> refused) {
        if (refused.isEmpty()) {
            return;
        }
        String names = refused.stream().map(CreatableTopic::name).collect(Collectors.joining(", "));
        answer.status().stream()
                .filter(status -> status.statusCode() == MISSING_INTERNAL_TOPICS.code())
                .forEach(status ->
                        status.setStatusDetail(status.statusDetail() + "; Unauthorized to CREATE on topics " + names));
    }

    private CompletionStage<Void> created(String group, List<CreatableTopic> wanted) {
        List<CompletableFuture<String>> creations =
                wanted.stream().map(topic -> create(group, topic)).toList();
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
