package io.polylog.kafka.handler;

import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.Stages;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.Errors;

/** CreatePartitions: a topic's partition count may only grow. */
final class CreatePartitionsHandler implements RequestHandler<CreatePartitionsRequestData> {

    private final Topics topics;
    private final Endpoint endpoint;
    private final MutationQuota mutations;

    CreatePartitionsHandler(Topics topics, Endpoint endpoint, MutationQuota mutations) {
        this.mutations = Objects.requireNonNull(mutations, "mutations");
        this.topics = Objects.requireNonNull(topics, "topics");
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, CreatePartitionsRequestData request) {
        List<CompletionStage<CreatePartitionsTopicResult>> results = new ArrayList<>();
        for (CreatePartitionsTopic asked : request.topics()) {
            results.add(grow(call, asked, request.validateOnly())
                    .thenApply(done -> new CreatePartitionsTopicResult().setName(asked.name()))
                    .exceptionally(failure -> new CreatePartitionsTopicResult()
                            .setName(asked.name())
                            .setErrorCode(ErrorMapping.of(failure).code())
                            .setErrorMessage(ErrorMapping.message(failure))));
        }
        return Stages.all(results).thenApply(list -> Reply.of(new CreatePartitionsResponseData().setResults(list)));
    }

    private CompletionStage<Topic> grow(Call call, CreatePartitionsTopic asked, boolean dryRun) {
        try {
            Topic topic = topics.find(asked.name()).orElseThrow(Errors.UNKNOWN_TOPIC_OR_PARTITION::exception);
            check(topic, asked);
            mutations.spend(call, asked.count() - topic.partitionCount(), MutationQuota.CREATE_PARTITIONS_STRICT);
            return dryRun ? CompletableFuture.completedFuture(topic) : topics.grow(topic.name(), asked.count());
        } catch (RuntimeException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private void check(Topic topic, CreatePartitionsTopic asked) {
        int present = topic.partitionCount();
        if (asked.count() == present) {
            throw Errors.INVALID_PARTITIONS.exception("Topic already has " + present + " partition(s).");
        }
        if (asked.count() < present) {
            throw Errors.INVALID_PARTITIONS.exception("The topic " + topic.name() + " currently has " + present
                    + " partition(s); " + asked.count() + " would not be an increase.");
        }
        List<CreatePartitionsAssignment> assignments = asked.assignments();
        if (assignments == null) {
            return;
        }
        if (assignments.size() != asked.count() - present) {
            throw Errors.INVALID_REPLICA_ASSIGNMENT.exception("Attempted to add " + (asked.count() - present)
                    + " additional partition(s), but only " + assignments.size() + " assignment(s) were specified.");
        }
        assignments.forEach(assignment -> ReplicaAssignments.check(assignment.brokerIds(), endpoint.nodeId()));
    }
}
