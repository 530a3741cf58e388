package io.polylog.kafka.handler;

import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.Errors;

/** ElectLeaders: there is one replica of each partition, and it leads already. */
final class ElectLeadersHandler implements RequestHandler<ElectLeadersRequestData> {

    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;

    private final Topics topics;

    ElectLeadersHandler(Topics topics) {
        this.topics = Objects.requireNonNull(topics, "topics");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, ElectLeadersRequestData request) {
        if (request.electionType() != PREFERRED && request.electionType() != UNCLEAN) {
            throw Errors.INVALID_REQUEST.exception("Unknown election type " + request.electionType());
        }
        ElectLeadersResponseData response = new ElectLeadersResponseData();
        if (request.topicPartitions() != null) { // for all partitions only those are answered that got another leader
            for (TopicPartitions asked : request.topicPartitions()) {
                response.replicaElectionResults().add(result(asked));
            }
        }
        return CompletableFuture.completedFuture(Reply.of(response));
    }

    private ReplicaElectionResult result(TopicPartitions asked) {
        Optional<Topic> topic = topics.find(asked.topic());
        ReplicaElectionResult result = new ReplicaElectionResult().setTopic(asked.topic());
        for (int partition : asked.partitions()) {
            boolean there = topic.isPresent()
                    && partition >= 0
                    && partition < topic.get().partitionCount();
            Errors error = there ? Errors.ELECTION_NOT_NEEDED : Errors.UNKNOWN_TOPIC_OR_PARTITION;
            result.partitionResult()
                    .add(new PartitionResult()
                            .setPartitionId(partition)
                            .setErrorCode(error.code())
                            .setErrorMessage(error.message()));
        }
        return result;
    }
}
