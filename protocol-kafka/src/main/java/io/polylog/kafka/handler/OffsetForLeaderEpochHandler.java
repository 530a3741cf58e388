package io.polylog.kafka.handler;

import io.polylog.broker.Fetcher;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.LeaderEpochs;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.Errors;

/**
 * OffsetForLeaderEpoch: where the records of a leader epoch end, by which a consumer finds out whether what it has read
 * was taken back. Nothing is ever taken back here, since only durable records are shown: every epoch up to the current
 * one ends, as far as truncation goes, at the end of the log.
 */
final class OffsetForLeaderEpochHandler implements RequestHandler<OffsetForLeaderEpochRequestData> {

    private final TopicLookup topics;
    private final Fetcher fetcher;

    OffsetForLeaderEpochHandler(TopicLookup topics, Fetcher fetcher) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.fetcher = Objects.requireNonNull(fetcher, "fetcher");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, OffsetForLeaderEpochRequestData request) {
        OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
        for (OffsetForLeaderTopic asked : request.topics()) {
            Optional<Topic> topic = topics.find(asked.topic(), Uuid.ZERO_UUID);
            OffsetForLeaderTopicResult result = new OffsetForLeaderTopicResult().setTopic(asked.topic());
            for (OffsetForLeaderPartition partition : asked.partitions()) {
                result.partitions().add(answer(topic, partition));
            }
            response.topics().add(result);
        }
        return CompletableFuture.completedFuture(Reply.of(response));
    }

    private EpochEndOffset answer(Optional<Topic> topic, OffsetForLeaderPartition asked) {
        EpochEndOffset answer = new EpochEndOffset().setPartition(asked.partition());
        if (topic.isEmpty()) {
            return answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
        try {
            PartitionOffsets offsets = fetcher.offsets(topic.get().partition(asked.partition()));
            Errors fenced = LeaderEpochs.check(asked.currentLeaderEpoch(), offsets.leaderEpoch());
            if (fenced != Errors.NONE) {
                return answer.setErrorCode(fenced.code());
            }
            return asked.leaderEpoch() > offsets.leaderEpoch() || asked.leaderEpoch() < 0
                    ? answer // undefined, as Kafka says of an epoch it has not seen
                    : answer.setLeaderEpoch(asked.leaderEpoch()).setEndOffset(offsets.highWatermark());
        } catch (RefusedException refused) {
            return answer.setErrorCode(ErrorMapping.of(refused).code());
        }
    }
}
