package io.polylog.kafka.handler;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.broker.Topics;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.Stages;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.Errors;

/** CreateTopics: answered when the topics are durable and visible, each with its own result. */
final class CreateTopicsHandler implements RequestHandler<CreateTopicsRequestData> {

    private final Topics topics;
    private final Endpoint endpoint;
    private final TopicConfigs configs;
    private final MutationQuota mutations;

    CreateTopicsHandler(Topics topics, Endpoint endpoint, TopicConfigs configs, MutationQuota mutations) {
        this.mutations = Objects.requireNonNull(mutations, "mutations");
        this.topics = Objects.requireNonNull(topics, "topics");
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
        this.configs = Objects.requireNonNull(configs, "configs");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, CreateTopicsRequestData request) {
        Map<String, CompletionStage<CreatableTopicResult>> results = new HashMap<>();
        for (CreatableTopic asked : request.topics()) {
            boolean duplicate = request.topics().findAll(asked.name()).size() > 1;
            results.computeIfAbsent(asked.name(), name -> result(call, asked, duplicate, request.validateOnly()));
        }
        return Stages.all(new ArrayList<>(results.values())).thenApply(list -> {
            CreateTopicsResponseData response = new CreateTopicsResponseData();
            response.topics().addAll(list);
            return Reply.of(response);
        });
    }

    private CompletionStage<CreatableTopicResult> result(
            Call call, CreatableTopic asked, boolean duplicate, boolean dryRun) {
        CompletionStage<CreatableTopicResult> result;
        try {
            if (duplicate) {
                throw Errors.INVALID_REQUEST.exception("Duplicate topic name.");
            }
            TopicSpec spec = spec(asked);
            TopicSpec valid = topics.validate(spec);
            mutations.spend(call, valid.partitionCount(), MutationQuota.CREATE_TOPICS_STRICT);
            result = dryRun
                    ? CompletableFuture.completedFuture(validated(valid))
                    : topics.create(spec).thenApply(this::created);
        } catch (RuntimeException refused) {
            result = CompletableFuture.failedFuture(refused);
        }
        return result.exceptionally(failure -> new CreatableTopicResult()
                .setName(asked.name())
                .setErrorCode(ErrorMapping.of(failure).code())
                .setErrorMessage(ErrorMapping.message(failure)));
    }

    private TopicSpec spec(CreatableTopic asked) {
        int partitions = asked.numPartitions();
        if (asked.assignments().isEmpty()) {
            ReplicaAssignments.checkFactor(asked.replicationFactor());
        } else {
            partitions = assigned(asked);
        }
        Map<String, String> config = new HashMap<>();
        for (CreatableTopicConfig entry : asked.configs()) {
            if (entry.value() == null) {
                throw Errors.INVALID_CONFIG.exception("Null value not supported for topic configs: " + entry.name());
            }
            config.put(entry.name(), entry.value());
        }
        return new TopicSpec(asked.name(), partitions, config);
    }

    private int assigned(CreatableTopic asked) {
        if (asked.numPartitions() != TopicSpec.DEFAULT_PARTITIONS || asked.replicationFactor() != -1) {
            throw Errors.INVALID_REQUEST.exception(
                    "A manual partition assignment was specified, but numPartitions or replicationFactor was not -1.");
        }
        int count = asked.assignments().size();
        for (CreatableReplicaAssignment assignment : asked.assignments()) {
            if (assignment.partitionIndex() < 0 || assignment.partitionIndex() >= count) {
                throw Errors.INVALID_REPLICA_ASSIGNMENT.exception(
                        "partitions should be a consecutive 0-based integer sequence");
            }
            ReplicaAssignments.check(assignment.brokerIds(), endpoint.nodeId());
        }
        return count;
    }

    private CreatableTopicResult created(Topic topic) {
        return result(topic.name(), Endpoint.kafkaId(topic.id()), topic.partitionCount(), topic.config());
    }

    private CreatableTopicResult validated(TopicSpec spec) {
        return result(spec.name(), Uuid.ZERO_UUID, spec.partitionCount(), spec.config());
    }

    private CreatableTopicResult result(String name, Uuid id, int partitions, Map<String, String> config) {
        return new CreatableTopicResult()
                .setName(name)
                .setErrorMessage(null)
                .setTopicId(id)
                .setNumPartitions(partitions)
                .setReplicationFactor(ReplicaAssignments.FACTOR)
                .setConfigs(List.copyOf(configs.created(config)));
    }
}
