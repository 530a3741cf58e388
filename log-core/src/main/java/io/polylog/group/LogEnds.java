package io.polylog.group;

import io.polylog.broker.Fetcher;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.util.PartitionMetadataClient;

/** Where partitions end, from which the coordinator reckons how far share groups are behind. Answers at once. */
final class LogEnds implements PartitionMetadataClient {

    private final Topics topics;
    private final Fetcher fetcher;

    LogEnds(Topics topics, Fetcher fetcher) {
        this.topics = topics;
        this.fetcher = fetcher;
    }

    @Override
    public Map<TopicPartition, CompletableFuture<OffsetResponse>> listLatestOffsets(Set<TopicPartition> partitions) {
        Map<TopicPartition, CompletableFuture<OffsetResponse>> ends = new HashMap<>();
        partitions.forEach(partition -> ends.put(partition, CompletableFuture.completedFuture(end(partition))));
        return ends;
    }

    private OffsetResponse end(TopicPartition asked) {
        Topic topic = topics.find(asked.topic()).orElse(null);
        if (topic == null || asked.partition() >= topic.partitionCount()) {
            return new OffsetResponse(-1, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        try {
            return new OffsetResponse(
                    fetcher.offsets(topic.partition(asked.partition())).highWatermark(), Errors.NONE);
        } catch (RefusedException gone) {
            return new OffsetResponse(-1, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
    }

    @Override
    public void close() {}
}
