package io.polylog.server.differential;

import static io.polylog.server.differential.Setting.batch;
import static io.polylog.server.differential.Setting.produce;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Records in and out: Produce, Fetch, ListOffsets, OffsetForLeaderEpoch, InitProducerId. */
final class DataScenario implements Scenario {

    private static final Uuid NOBODYS = new Uuid(4, 2);

    @Override
    public void run(Play play) {
        // Kafka's broker asks its controller for a block of ids first, and has the first clients wait.
        play.prepare(
                ApiKeys.INIT_PRODUCER_ID,
                5,
                side -> new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(60_000),
                answer -> ((InitProducerIdResponseData) answer).errorCode() == 0);
        Setting.topic(play, "data", 2);
        Setting.topic(play, "fill", 1);
        Setting.records(play, "data", 5);
        play.everyVersion(ApiKeys.PRODUCE, version -> produces(play, version));
        play.everyVersion(ApiKeys.FETCH, version -> fetches(play, version));
        play.everyVersion(ApiKeys.LIST_OFFSETS, version -> listsOffsets(play, version));
        play.everyVersion(ApiKeys.DELETE_RECORDS, version -> deletesRecords(play, version));
        play.everyVersion(ApiKeys.OFFSET_FOR_LEADER_EPOCH, version -> asksForEpochs(play, version));
        play.everyVersion(ApiKeys.INIT_PRODUCER_ID, version -> getsProducerIds(play, version));
    }

    private static void produces(Play play, int version) {
        ApiKeys key = ApiKeys.PRODUCE;
        play.ask("a batch", key, version, side -> to(side, "fill", version, -1, batch(3)));
        play.ask("a batch with acks=1", key, version, side -> to(side, "fill", version, 1, batch(1)));
        play.ask("to a topic that is not there", key, version, side -> to(side, "nowhere", version, -1, batch(1)));
        play.ask("acks=2", key, version, side -> to(side, "fill", version, 2, batch(1)));
        play.ask("a batch that is too large", key, version, side -> to(side, "fill", version, -1, large()));
        play.ask(
                "the eighth batch of an unknown producer",
                key,
                version,
                side -> to(
                        side,
                        "fill",
                        version,
                        -1,
                        MemoryRecords.withIdempotentRecords(
                                Compression.NONE,
                                987_654 + version,
                                (short) 3,
                                7,
                                new SimpleRecord(1, "v".getBytes()))));
        play.ask("a batch whose bytes were changed", key, version, side -> to(side, "fill", version, -1, changed()));
    }

    private static org.apache.kafka.common.protocol.ApiMessage to(
            Side side, String topic, int version, int acks, MemoryRecords records) {
        boolean ids = version >= 13;
        Uuid id = topic.equals("nowhere") ? NOBODYS : side.topicId(topic);
        return produce(ids ? "" : topic, ids ? id : Uuid.ZERO_UUID, (short) acks, records);
    }

    private static MemoryRecords large() {
        return MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1, new byte[1_100_000]));
    }

    private static MemoryRecords changed() {
        MemoryRecords records = batch(1);
        int last = records.buffer().limit() - 2;
        records.buffer().put(last, (byte) (records.buffer().get(last) + 1));
        return records;
    }

    private static void fetches(Play play, int version) {
        ApiKeys key = ApiKeys.FETCH;
        play.ask("from the start", key, version, side -> fetch(side, "data", version, partition(0, 0)));
        play.ask("from the middle of a batch", key, version, side -> fetch(side, "data", version, partition(0, 3)));
        play.ask("at the end", key, version, side -> fetch(side, "data", version, partition(0, 5)));
        play.ask("beyond the end", key, version, side -> fetch(side, "data", version, partition(0, 99)));
        play.ask("below the start", key, version, side -> fetch(side, "data", version, partition(0, -1)));
        play.ask("an empty partition", key, version, side -> fetch(side, "data", version, partition(1, 0)));
        play.ask("a partition that is not there", key, version, side -> fetch(side, "data", version, partition(7, 0)));
        play.ask("a topic that is not there", key, version, side -> fetch(side, "nowhere", version, partition(0, 0)));
        play.ask(
                "read_committed",
                key,
                version,
                side -> fetch(side, "data", version, partition(0, 0)).setIsolationLevel((byte) 1));
        if (version >= 7) {
            play.ask(
                    "with a session that is not there",
                    key,
                    version,
                    side -> fetch(side, "data", version, partition(0, 0))
                            .setSessionId(123)
                            .setSessionEpoch(4));
        }
        if (version >= 9) {
            play.ask(
                    "with a leader epoch from the future",
                    key,
                    version,
                    side -> fetch(side, "data", version, partition(0, 0).setCurrentLeaderEpoch(9)));
        }
        if (version >= 12) {
            play.ask(
                    "with a diverging epoch",
                    key,
                    version,
                    side -> fetch(side, "data", version, partition(0, 3).setLastFetchedEpoch(0)));
        }
    }

    private static FetchPartition partition(int index, long offset) {
        return new FetchPartition()
                .setPartition(index)
                .setFetchOffset(offset)
                .setCurrentLeaderEpoch(-1)
                .setPartitionMaxBytes(1 << 20);
    }

    private static FetchRequestData fetch(Side side, String topic, int version, FetchPartition partition) {
        boolean ids = version >= 13;
        Uuid id = topic.equals("nowhere") ? NOBODYS : side.topicId(topic);
        return new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(0)
                .setMaxBytes(1 << 20)
                .setTopics(new ArrayList<>(List.of(new FetchTopic()
                        .setTopic(ids ? "" : topic)
                        .setTopicId(ids ? id : Uuid.ZERO_UUID)
                        .setPartitions(new ArrayList<>(List.of(partition))))));
    }

    private static void listsOffsets(Play play, int version) {
        offsets(play, "latest", version, "data", 0, -1);
        offsets(play, "earliest", version, "data", 0, -2);
        offsets(play, "by time, hit", version, "data", 0, 1_700_000_002_000L);
        offsets(play, "by time, between two", version, "data", 0, 1_700_000_002_001L);
        offsets(play, "by time, after all", version, "data", 0, 1_800_000_000_000L);
        offsets(play, "by time 0", version, "data", 0, 0);
        offsets(play, "of the largest timestamp", version, "data", 0, -3);
        offsets(play, "earliest local", version, "data", 0, -4);
        offsets(play, "latest tiered", version, "data", 0, -5);
        offsets(play, "earliest pending upload", version, "data", 0, -6);
        offsets(play, "an unknown special time", version, "data", 0, -17);
        offsets(play, "of an empty partition", version, "data", 1, -1);
        offsets(play, "by time in an empty partition", version, "data", 1, 5);
        offsets(play, "the largest timestamp of an empty partition", version, "data", 1, -3);
        offsets(play, "of a partition that is not there", version, "data", 9, -1);
        offsets(play, "of a topic that is not there", version, "nowhere", 0, -1);
    }

    private static void offsets(Play play, String step, int version, String topic, int partition, long time) {
        play.ask(
                step,
                ApiKeys.LIST_OFFSETS,
                version,
                new ListOffsetsRequestData()
                        .setReplicaId(-1)
                        .setTopics(List.of(new ListOffsetsTopic()
                                .setName(topic)
                                .setPartitions(List.of(new ListOffsetsPartition()
                                        .setPartitionIndex(partition)
                                        .setTimestamp(time))))));
    }

    private static void deletesRecords(Play play, int version) {
        String topic = "trimmed-" + version;
        Setting.topic(play, topic, 2);
        Setting.records(play, topic, 5);
        for (long offset : new long[] {2, 1, -1, 99, -7}) {
            play.ask("before " + offset, ApiKeys.DELETE_RECORDS, version, deletion(topic, 0, offset));
        }
        play.ask("of an empty partition", ApiKeys.DELETE_RECORDS, version, deletion(topic, 1, 0));
        play.ask("of no partition", ApiKeys.DELETE_RECORDS, version, deletion(topic, 9, 0));
        play.ask("of no topic", ApiKeys.DELETE_RECORDS, version, deletion("nowhere", 0, 0));
    }

    private static DeleteRecordsRequestData deletion(String topic, int partition, long offset) {
        return new DeleteRecordsRequestData()
                .setTimeoutMs(5_000)
                .setTopics(List.of(new DeleteRecordsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new DeleteRecordsPartition()
                                .setPartitionIndex(partition)
                                .setOffset(offset)))));
    }

    private static void asksForEpochs(Play play, int version) {
        for (int epoch : new int[] {0, 1, -1}) {
            play.ask("epoch " + epoch, ApiKeys.OFFSET_FOR_LEADER_EPOCH, version, epoch("data", 0, epoch, -1));
        }
        play.ask("of an empty partition", ApiKeys.OFFSET_FOR_LEADER_EPOCH, version, epoch("data", 1, 0, -1));
        play.ask("with a future leader", ApiKeys.OFFSET_FOR_LEADER_EPOCH, version, epoch("data", 0, 0, 8));
        play.ask("of no partition", ApiKeys.OFFSET_FOR_LEADER_EPOCH, version, epoch("data", 8, 0, -1));
        play.ask("of no topic", ApiKeys.OFFSET_FOR_LEADER_EPOCH, version, epoch("nowhere", 0, 0, -1));
    }

    private static OffsetForLeaderEpochRequestData epoch(String topic, int partition, int epoch, int current) {
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
        request.topics()
                .add(new OffsetForLeaderTopic()
                        .setTopic(topic)
                        .setPartitions(List.of(new OffsetForLeaderPartition()
                                .setPartition(partition)
                                .setLeaderEpoch(epoch)
                                .setCurrentLeaderEpoch(current))));
        return request;
    }

    private static void getsProducerIds(Play play, int version) {
        play.ask(
                "for an idempotent producer",
                ApiKeys.INIT_PRODUCER_ID,
                version,
                new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(60_000));
        play.ask(
                "with an empty transactional id",
                ApiKeys.INIT_PRODUCER_ID,
                version,
                new InitProducerIdRequestData().setTransactionalId("").setTransactionTimeoutMs(60_000));
    }
}
