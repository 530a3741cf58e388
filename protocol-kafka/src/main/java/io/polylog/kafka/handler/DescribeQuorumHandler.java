package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import io.polylog.time.EpochClock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData.TopicData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Listener;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ListenerCollection;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeQuorumRequest;

/**
 * DescribeQuorum: a quorum of this node alone, which leads it and is never behind. Its log is the gateway's journal, whose
 * positions are none of Kafka's offsets, so the offsets here are 0.
 */
final class DescribeQuorumHandler implements RequestHandler<DescribeQuorumRequestData> {

    private static final String METADATA = "__cluster_metadata";
    private static final String LISTENER = "CONTROLLER";

    private final Endpoint endpoint;
    private final EpochClock clock;

    DescribeQuorumHandler(Endpoint endpoint, EpochClock clock) {
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DescribeQuorumRequestData request) {
        if (!asksForMetadata(request.topics())) {
            return CompletableFuture.completedFuture(Reply.of(
                    DescribeQuorumRequest.getPartitionLevelErrorResponse(request, Errors.UNKNOWN_TOPIC_OR_PARTITION)));
        }
        DescribeQuorumResponseData response = new DescribeQuorumResponseData().setErrorMessage("");
        response.topics()
                .add(new DescribeQuorumResponseData.TopicData()
                        .setTopicName(METADATA)
                        .setPartitions(List.of(quorum())));
        if (call.version() >= 2) {
            response.nodes().add(node(call));
        }
        return CompletableFuture.completedFuture(Reply.of(response));
    }

    private static boolean asksForMetadata(List<TopicData> topics) {
        return topics.size() == 1
                && topics.get(0).topicName().equals(METADATA)
                && topics.get(0).partitions().size() == 1
                && topics.get(0).partitions().get(0).partitionIndex() == 0;
    }

    private PartitionData quorum() {
        long nowMs = clock.timeMs();
        ReplicaState here = new ReplicaState()
                .setReplicaId(endpoint.nodeId())
                .setLogEndOffset(0)
                .setLastFetchTimestamp(nowMs)
                .setLastCaughtUpTimestamp(nowMs);
        return new PartitionData()
                .setErrorMessage("")
                .setLeaderId(endpoint.nodeId())
                .setLeaderEpoch(0)
                .setHighWatermark(0)
                .setCurrentVoters(List.of(here));
    }

    private Node node(Call call) {
        ListenerCollection listeners = new ListenerCollection();
        listeners.add(
                new Listener().setName(LISTENER).setHost(endpoint.host(call)).setPort(endpoint.port(call)));
        return new Node().setNodeId(endpoint.nodeId()).setListeners(listeners);
    }
}
