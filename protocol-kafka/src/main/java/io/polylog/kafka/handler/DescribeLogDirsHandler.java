package io.polylog.kafka.handler;

import io.polylog.broker.Fetcher;
import io.polylog.broker.LogDirectory;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;

/** DescribeLogDirs: the data directory, what partitions take in it, and how much room its disk has (KIP-827). */
final class DescribeLogDirsHandler implements RequestHandler<DescribeLogDirsRequestData> {

    private final Topics topics;
    private final Fetcher fetcher;

    DescribeLogDirsHandler(Topics topics, Fetcher fetcher) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.fetcher = Objects.requireNonNull(fetcher, "fetcher");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DescribeLogDirsRequestData request) {
        return fetcher.directory()
                .thenApply(directory ->
                        Reply.of(new DescribeLogDirsResponseData().setResults(List.of(describe(directory, request)))));
    }

    private DescribeLogDirsResult describe(LogDirectory directory, DescribeLogDirsRequestData request) {
        List<DescribeLogDirsTopic> described = new ArrayList<>();
        if (request.topics() == null) {
            topics.all().forEach(topic -> described.add(describe(topic, all(topic))));
        } else {
            for (DescribableLogDirTopic asked : request.topics()) {
                topics.find(asked.topic()).ifPresent(topic -> described.add(describe(topic, asked.partitions())));
            }
        }
        described.removeIf(topic -> topic.partitions().isEmpty());
        return new DescribeLogDirsResult()
                .setLogDir(directory.path())
                .setTotalBytes(directory.totalBytes())
                .setUsableBytes(directory.usableBytes())
                .setTopics(described);
    }

    private static List<Integer> all(Topic topic) {
        return java.util.stream.IntStream.range(0, topic.partitionCount())
                .boxed()
                .toList();
    }

    private DescribeLogDirsTopic describe(Topic topic, List<Integer> partitions) {
        DescribeLogDirsTopic described = new DescribeLogDirsTopic().setName(topic.name());
        for (int partition : partitions) {
            size(topic, partition)
                    .ifPresent(bytes -> described
                            .partitions()
                            .add(new DescribeLogDirsPartition()
                                    .setPartitionIndex(partition)
                                    .setPartitionSize(bytes)));
        }
        return described;
    }

    /** Empty for what is in no directory, which the answer then leaves out. */
    private OptionalLong size(Topic topic, int partition) {
        try {
            return OptionalLong.of(fetcher.sizeInBytes(topic.partition(partition)));
        } catch (RefusedException notThere) {
            return OptionalLong.empty();
        }
    }
}
