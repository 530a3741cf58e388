package io.polylog.kafka;

import io.polylog.broker.Topic;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** A consumer that builds its fetches by hand, in one version; it names topics as that version does. */
final class FetchClient implements AutoCloseable {

    /** The last that names topics, and one of those that give their ids. */
    static final short BY_NAME = 12;

    static final short BY_ID = 17;

    private final RawClient client;
    private final short version;

    FetchClient(int port, short version) throws IOException {
        this.client = new RawClient(port);
        this.version = version;
    }

    /** A request that waits for nothing, of no partition yet. */
    static FetchRequestData request(int sessionId, int epoch) {
        return new FetchRequestData()
                .setSessionId(sessionId)
                .setSessionEpoch(epoch)
                .setMaxBytes(1 << 20)
                .setMinBytes(1);
    }

    static FetchPartition partition(int index, long offset) {
        return new FetchPartition().setPartition(index).setFetchOffset(offset).setPartitionMaxBytes(1 << 20);
    }

    FetchTopic topic(Topic topic, FetchPartition... partitions) {
        FetchTopic named = new FetchTopic().setPartitions(List.of(partitions));
        return version < 13 ? named.setTopic(topic.name()) : named.setTopicId(kafkaId(topic));
    }

    ForgottenTopic forgotten(Topic topic, Integer... partitions) {
        ForgottenTopic named = new ForgottenTopic().setPartitions(List.of(partitions));
        return version < 13 ? named.setTopic(topic.name()) : named.setTopicId(kafkaId(topic));
    }

    private static Uuid kafkaId(Topic topic) {
        return new Uuid(topic.id().getMostSignificantBits(), topic.id().getLeastSignificantBits());
    }

    void send(FetchRequestData request) throws IOException {
        client.send(ApiKeys.FETCH, version, 1, request);
    }

    FetchResponseData receive() throws IOException {
        return (FetchResponseData) client.receive(ApiKeys.FETCH, version, 1).data();
    }

    FetchResponseData ask(FetchRequestData request) throws IOException {
        send(request);
        return receive();
    }

    FetchResponseData ask(int sessionId, int epoch, FetchTopic... topics) throws IOException {
        return ask(request(sessionId, epoch).setTopics(List.of(topics)));
    }

    /** The partitions of an answer, each as {@code <index>: <error>} or {@code <index>: <bytes or none> <high watermark>}. */
    static String told(FetchResponseData answer) {
        return answer.responses().stream()
                .map(FetchableTopicResponse::partitions)
                .flatMap(List::stream)
                .map(FetchClient::told)
                .collect(Collectors.joining(", "));
    }

    private static String told(PartitionData data) {
        Errors error = Errors.forCode(data.errorCode());
        if (error != Errors.NONE) {
            return data.partitionIndex() + ": " + error;
        }
        String what = data.records().sizeInBytes() > 0 ? "records" : "nothing";
        return data.partitionIndex() + ": " + what + " of " + data.logStartOffset() + ".." + data.highWatermark();
    }

    /** Writes a record to each of some partitions. */
    void produce(String topic, int... partitions) throws IOException {
        TopicProduceData data = new TopicProduceData().setName(topic);
        for (int partition : partitions) {
            data.partitionData()
                    .add(new PartitionProduceData()
                            .setIndex(partition)
                            .setRecords(MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[100]))));
        }
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(10_000);
        request.setTopicData(new TopicProduceDataCollection(List.of(data).iterator()));
        client.send(ApiKeys.PRODUCE, BY_NAME, 2, request);
        ProduceResponseData answer = (ProduceResponseData)
                client.receive(ApiKeys.PRODUCE, BY_NAME, 2).data();
        answer.responses()
                .forEach(one -> one.partitionResponses().forEach(written -> {
                    if (written.errorCode() != 0) {
                        throw new IllegalStateException(topic + " " + Errors.forCode(written.errorCode()));
                    }
                }));
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
