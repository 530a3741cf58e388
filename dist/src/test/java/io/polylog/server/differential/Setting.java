package io.polylog.server.differential;

import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** What scenarios need before they begin: topics with records in them, the same on both sides. */
final class Setting {

    private Setting() {}

    /** Creates a topic and waits until metadata has it with leaders. */
    static void topic(Play play, String name, int partitions) {
        play.prepare(ApiKeys.CREATE_TOPICS, 7, side -> creation(name, partitions), answer -> {
            short error =
                    ((CreateTopicsResponseData) answer).topics().find(name).errorCode();
            return error == Errors.NONE.code() || error == Errors.TOPIC_ALREADY_EXISTS.code();
        });
        Answers known = play.prepare(
                ApiKeys.METADATA, 12, side -> metadata(name), answer -> ready((MetadataResponseData) answer, name));
        for (Side side : play.sides()) {
            side.learnTopicId(
                    name,
                    known.of(side, MetadataResponseData.class)
                            .topics()
                            .find(name)
                            .topicId());
        }
    }

    private static boolean ready(MetadataResponseData metadata, String name) {
        var topic = metadata.topics().find(name);
        return topic.errorCode() == Errors.NONE.code()
                && topic.partitions().stream().allMatch(partition -> partition.errorCode() == Errors.NONE.code());
    }

    private static CreateTopicsRequestData creation(String name, int partitions) {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(10_000);
        request.topics()
                .add(new CreatableTopic()
                        .setName(name)
                        .setNumPartitions(partitions)
                        .setReplicationFactor((short) 1));
        return request;
    }

    private static MetadataRequestData metadata(String name) {
        return new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestTopic().setName(name)))
                .setAllowAutoTopicCreation(false);
    }

    /** Writes one batch of that many records, a second apart from each other, to partition 0. */
    static void records(Play play, String topic, int count) {
        play.prepare(
                ApiKeys.PRODUCE,
                12,
                side -> produce(topic, Uuid.ZERO_UUID, (short) -1, batch(count)),
                answer -> ((ProduceResponseData) answer)
                                .responses()
                                .iterator()
                                .next()
                                .partitionResponses()
                                .get(0)
                                .errorCode()
                        == Errors.NONE.code());
    }

    static MemoryRecords batch(int count) {
        SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            records[i] = new SimpleRecord(1_700_000_000_000L + i * 1000L, ("k" + i).getBytes(), ("v" + i).getBytes());
        }
        return MemoryRecords.withRecords(Compression.NONE, records);
    }

    static ProduceRequestData produce(String topic, Uuid topicId, short acks, MemoryRecords records) {
        ProduceRequestData request = new ProduceRequestData().setAcks(acks).setTimeoutMs(10_000);
        request.topicData()
                .add(new TopicProduceData()
                        .setName(topic)
                        .setTopicId(topicId)
                        .setPartitionData(
                                List.of(new PartitionProduceData().setIndex(0).setRecords(records))));
        return request;
    }
}
