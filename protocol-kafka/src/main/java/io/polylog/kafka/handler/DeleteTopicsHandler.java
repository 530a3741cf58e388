package io.polylog.kafka.handler;

import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.jspecify.annotations.Nullable;

/** DeleteTopics, by name or by id; answered when the topics are gone for good, each with its own result. */
final class DeleteTopicsHandler implements RequestHandler<DeleteTopicsRequestData> {

    private final Topics topics;
    private final TopicLookup lookup;

    DeleteTopicsHandler(Topics topics, TopicLookup lookup) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.lookup = Objects.requireNonNull(lookup, "lookup");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DeleteTopicsRequestData request) {
        List<CompletionStage<DeletableTopicResult>> results = new ArrayList<>();
        for (DeleteTopicState asked : ((DeleteTopicsRequest) call.request().body()).topics()) {
            results.add(delete(asked));
        }
        return Stages.all(results).thenApply(list -> {
            DeleteTopicsResponseData response = new DeleteTopicsResponseData();
            response.responses().addAll(list);
            return Reply.of(response);
        });
    }

    private CompletionStage<DeletableTopicResult> delete(DeleteTopicState asked) {
        Optional<Topic> found = lookup.find(asked.name(), asked.topicId());
        if (found.isEmpty()) {
            Errors missing = TopicLookup.missing(asked.topicId());
            return CompletableFuture.completedFuture(result(asked.name(), asked.topicId())
                    .setErrorCode(missing.code())
                    .setErrorMessage(missing.message()));
        }
        Topic topic = found.get();
        Uuid id = Endpoint.kafkaId(topic.id());
        return topics.delete(topic.name())
                .thenApply(deleted -> result(topic.name(), id))
                .exceptionally(failure -> result(topic.name(), id)
                        .setErrorCode(ErrorMapping.of(failure).code())
                        .setErrorMessage(ErrorMapping.message(failure)));
    }

    private static DeletableTopicResult result(@Nullable String name, Uuid id) {
        return new DeletableTopicResult().setName(name).setTopicId(id);
    }
}
