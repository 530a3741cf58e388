package io.polylog.kafka.handler;

import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.protocol.Errors;

/**
 * AlterPartitionReassignments (KIP-455): every partition is on this node and stays there. A plan that says so is carried
 * out at once, any other is refused, and there is never one to cancel.
 */
final class AlterPartitionReassignmentsHandler implements RequestHandler<AlterPartitionReassignmentsRequestData> {

    private final Topics topics;
    private final Endpoint endpoint;

    AlterPartitionReassignmentsHandler(Topics topics, Endpoint endpoint) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, AlterPartitionReassignmentsRequestData request) {
        AlterPartitionReassignmentsResponseData response = new AlterPartitionReassignmentsResponseData()
                .setErrorMessage(null)
                .setAllowReplicationFactorChange(request.allowReplicationFactorChange());
        for (ReassignableTopic asked : request.topics()) {
            ReassignableTopicResponse answer = new ReassignableTopicResponse().setName(asked.name());
            for (ReassignablePartition partition : asked.partitions()) {
                answer.partitions().add(result(topics.find(asked.name()), partition));
            }
            response.responses().add(answer);
        }
        return CompletableFuture.completedFuture(Reply.of(response));
    }

    private ReassignablePartitionResponse result(Optional<Topic> topic, ReassignablePartition asked) {
        ReassignablePartitionResponse result = new ReassignablePartitionResponse()
                .setPartitionIndex(asked.partitionIndex())
                .setErrorMessage(null);
        try {
            check(topic, asked);
            return result;
        } catch (ApiException refused) {
            return result.setErrorCode(Errors.forException(refused).code()).setErrorMessage(refused.getMessage());
        }
    }

    private void check(Optional<Topic> topic, ReassignablePartition asked) {
        int partition = asked.partitionIndex();
        if (topic.isEmpty() || partition < 0 || partition >= topic.get().partitionCount()) {
            throw Errors.UNKNOWN_TOPIC_OR_PARTITION.exception();
        }
        if (asked.replicas() == null) {
            throw Errors.NO_REASSIGNMENT_IN_PROGRESS.exception();
        }
        ReplicaAssignments.check(asked.replicas(), endpoint.nodeId());
    }
}
