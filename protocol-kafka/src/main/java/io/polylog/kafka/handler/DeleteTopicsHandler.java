package io.polylog.kafka.handler;

import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.Stages;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
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
    private final MutationQuota mutations;

    DeleteTopicsHandler(Topics topics, TopicLookup lookup, MutationQuota mutations) {
        this.mutations = Objects.requireNonNull(mutations, "mutations");
        this.topics = Objects.requireNonNull(topics, "topics");
        this.lookup = Objects.requireNonNull(lookup, "lookup");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DeleteTopicsRequestData request) {
        List<CompletionStage<DeletableTopicResult>> results = new ArrayList<>();
        for (DeleteTopicState asked : ((DeleteTopicsRequest) call.request().body()).topics()) {
            results.add(delete(call, asked));
        }
        return Stages.all(results).thenApply(list -> {
            DeleteTopicsResponseData response = new DeleteTopicsResponseData();
            response.responses().addAll(list);
            return Reply.of(response);
        });
    }

    private CompletionStage<DeletableTopicResult> delete(Call call, DeleteTopicState asked) {
        Optional<Topic> found = lookup.find(asked.name(), asked.topicId());
        if (found.isEmpty()) {
            Errors missing = TopicLookup.missing(asked.topicId());
            return CompletableFuture.completedFuture(result(asked.name(), asked.topicId())
                    .setErrorCode(missing.code())
                    .setErrorMessage(missing.message()));
        }
        Topic topic = found.get();
        Uuid id = Endpoint.kafkaId(topic.id());
        return delete(call, topic)
                .thenApply(deleted -> result(topic.name(), id))
                .exceptionally(failure -> result(topic.name(), id)
                        .setErrorCode(ErrorMapping.of(failure).code())
                        .setErrorMessage(ErrorMapping.message(failure)));
    }

    private CompletionStage<Void> delete(Call call, Topic topic) {
        try {
            mutations.spend(call, topic.partitionCount(), MutationQuota.DELETE_TOPICS_STRICT);
            return topics.delete(topic.name());
        } catch (ThrottlingQuotaExceededException exceeded) {
            return CompletableFuture.failedFuture(exceeded);
        }
    }

    private static DeletableTopicResult result(@Nullable String name, Uuid id) {
        return new DeletableTopicResult().setName(name).setTopicId(id);
    }
}
