package io.polylog.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.badinput.KafkaWire.Ask;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopicCollection;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** What Kafka's requests must not ask for: names, numbers and members that are none. */
final class KafkaRequestRows {

    private static final int METADATA_NAMES = 100_000;

    private KafkaRequestRows() {}

    static List<BadRow> all() {
        List<BadRow> rows = new ArrayList<>();
        addTopics(rows);
        addReads(rows);
        addMembers(rows);
        return rows;
    }

    private static void addTopics(List<BadRow> rows) {
        for (String name : List.of(
                "",
                ".",
                "..",
                "a/b",
                "a b",
                "x".repeat(250),
                "p\u0430yments",
                "caf\u00e9",
                "a\nb",
                "../../etc/passwd")) {
            rows.add(create(Clause.KAFKA_TOPIC_NAME, name, 1, Errors.INVALID_TOPIC_EXCEPTION));
        }
        for (String name : List.of("..", "x".repeat(250), "p\u0430yments")) {
            Ask ask = new Ask(
                    ApiKeys.METADATA,
                    8,
                    new MetadataRequestData()
                            .setTopics(List.of(new MetadataRequestTopic().setName(name)))
                            .setAllowAutoTopicCreation(true));
            rows.add(row(
                    Clause.KAFKA_TOPIC_NAME,
                    "metadata of " + shown(name),
                    ask,
                    answer ->
                            ((MetadataResponseData) answer).topics().find(name).errorCode(),
                    Errors.INVALID_TOPIC_EXCEPTION));
        }
        for (int count : new int[] {1_000_000, Integer.MAX_VALUE, 0, -2}) {
            rows.add(create(Clause.KAFKA_MILLION_PARTITIONS, "stranger-" + count, count, Errors.INVALID_PARTITIONS));
        }
        CreatePartitionsTopicCollection more = new CreatePartitionsTopicCollection();
        more.add(new CreatePartitionsTopic()
                .setName("neighbour-kafka")
                .setCount(1_000_000)
                .setAssignments(null));
        rows.add(row(
                Clause.KAFKA_MILLION_PARTITIONS,
                "for a topic that is there",
                new Ask(ApiKeys.CREATE_PARTITIONS, 3, new CreatePartitionsRequestData().setTopics(more)),
                answer ->
                        ((CreatePartitionsResponseData) answer).results().get(0).errorCode(),
                Errors.INVALID_PARTITIONS));
        rows.add(row(
                Clause.KAFKA_METADATA_OF_MANY,
                METADATA_NAMES + " names",
                new Ask(
                        ApiKeys.METADATA,
                        12,
                        new MetadataRequestData()
                                .setTopics(IntStream.range(0, METADATA_NAMES)
                                        .mapToObj(i -> new MetadataRequestTopic().setName("nowhere-" + i))
                                        .toList())
                                .setAllowAutoTopicCreation(false)),
                answer -> {
                    assertThat(((MetadataResponseData) answer).topics()).hasSize(METADATA_NAMES);
                    return ((MetadataResponseData) answer)
                            .topics()
                            .iterator()
                            .next()
                            .errorCode();
                },
                Errors.UNKNOWN_TOPIC_OR_PARTITION));
    }

    private static String shown(String name) {
        return name.length() > 20 ? name.length() + " characters" : "'" + name.replace('\n', '?') + "'";
    }

    private static BadRow create(Clause clause, String name, int partitions, Errors error) {
        CreatableTopicCollection topics = new CreatableTopicCollection();
        topics.add(
                new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) 1));
        return row(
                clause,
                clause == Clause.KAFKA_TOPIC_NAME ? shown(name) : "create " + partitions,
                new Ask(
                        ApiKeys.CREATE_TOPICS,
                        5,
                        new CreateTopicsRequestData().setTopics(topics).setTimeoutMs(9_000)),
                answer ->
                        ((CreateTopicsResponseData) answer).topics().find(name).errorCode(),
                error);
    }

    private static void addReads(List<BadRow> rows) {
        Clause absurd = Clause.KAFKA_ABSURD_MAX_BYTES;
        int most = Integer.MAX_VALUE;
        rows.add(
                fetch(absurd, "2^31-1", new FetchRequestData().setMaxBytes(most).setMinBytes(1), 0, most, Errors.NONE));
        rows.add(
                fetch(absurd, "negative", new FetchRequestData().setMaxBytes(-1).setMinBytes(-1), 0, -1, Errors.NONE));
        rows.add(fetch(
                absurd,
                "at least 2^31-1",
                new FetchRequestData().setMaxBytes(most).setMinBytes(most),
                0,
                most,
                Errors.NONE));
        rows.add(fetch(absurd, "offset -7", new FetchRequestData(), -7, 1, Errors.OFFSET_OUT_OF_RANGE));
        rows.add(fetch(absurd, "offset 2^63-1", new FetchRequestData(), Long.MAX_VALUE, 1, Errors.OFFSET_OUT_OF_RANGE));
        rows.add(fetch(
                Clause.KAFKA_REPLICA_ID,
                "0 in Fetch",
                new FetchRequestData().setReplicaId(0),
                0,
                1 << 20,
                Errors.NONE));
        rows.add(fetch(
                Clause.KAFKA_REPLICA_ID,
                "7 in Fetch",
                new FetchRequestData().setReplicaId(7),
                0,
                1 << 20,
                Errors.NONE));
        for (long time : new long[] {Long.MIN_VALUE, -100}) {
            rows.add(listOffsets(absurd, "ListOffsets at " + time, time, Errors.UNSUPPORTED_VERSION));
        }
        rows.add(listOffsets(absurd, "ListOffsets at 2^63-1", Long.MAX_VALUE, Errors.NONE));
        rows.add(listOffsets(absurd, "ListOffsets with isolation level 4", 0, (byte) 4, Errors.NONE));
        rows.add(new BadRow(
                absurd,
                "wait of 24 days",
                Door.KAFKA,
                stranger -> stranger.send(fetch(
                                new FetchRequestData()
                                        .setMaxWaitMs(most)
                                        .setMaxBytes(most)
                                        .setMinBytes(most),
                                0,
                                most)
                        .frame()),
                Expected.answered(stranger -> {}))); // it hangs up before the answer
    }

    private static BadRow fetch(
            Clause clause, String detail, FetchRequestData data, long offset, int partitionBytes, Errors error) {
        return row(
                clause,
                detail,
                fetch(data, offset, partitionBytes),
                answer -> {
                    FetchResponseData response = (FetchResponseData) answer;
                    return response.responses().get(0).partitions().get(0).errorCode();
                },
                error);
    }

    /** Names the same partition many times over, which must not multiply what is held. */
    private static Ask fetch(FetchRequestData data, long offset, int partitionBytes) {
        FetchPartition partition =
                new FetchPartition().setPartition(0).setFetchOffset(offset).setPartitionMaxBytes(partitionBytes);
        List<FetchPartition> many = Collections.nCopies(1_000, partition);
        return new Ask(
                ApiKeys.FETCH,
                12,
                data.setTopics(
                        List.of(new FetchTopic().setTopic("neighbour-kafka").setPartitions(many))));
    }

    private static BadRow listOffsets(Clause clause, String detail, long time, Errors error) {
        return listOffsets(clause, detail, time, (byte) 0, error);
    }

    private static BadRow listOffsets(Clause clause, String detail, long time, byte isolation, Errors error) {
        ListOffsetsTopic topic = new ListOffsetsTopic()
                .setName("neighbour-kafka")
                .setPartitions(
                        List.of(new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(time)));
        return row(
                clause,
                detail,
                new Ask(
                        ApiKeys.LIST_OFFSETS,
                        6,
                        new ListOffsetsRequestData()
                                .setIsolationLevel(isolation)
                                .setTopics(List.of(topic))),
                answer -> ((ListOffsetsResponseData) answer)
                        .topics()
                        .get(0)
                        .partitions()
                        .get(0)
                        .errorCode(),
                error);
    }

    private static void addMembers(List<BadRow> rows) {
        String group = "strangers";
        String member = "invented";
        Clause clause = Clause.KAFKA_MEMBER_ID;
        rows.add(row(
                clause,
                "heartbeat",
                new Ask(
                        ApiKeys.HEARTBEAT,
                        3,
                        new HeartbeatRequestData()
                                .setGroupId(group)
                                .setMemberId(member)
                                .setGenerationId(1)),
                answer -> ((HeartbeatResponseData) answer).errorCode(),
                Errors.UNKNOWN_MEMBER_ID));
        rows.add(row(
                clause,
                "sync",
                new Ask(
                        ApiKeys.SYNC_GROUP,
                        3,
                        new SyncGroupRequestData()
                                .setGroupId(group)
                                .setMemberId(member)
                                .setGenerationId(1)),
                answer -> ((SyncGroupResponseData) answer).errorCode(),
                Errors.UNKNOWN_MEMBER_ID));
        rows.add(row(
                clause,
                "leave",
                new Ask(
                        ApiKeys.LEAVE_GROUP,
                        2,
                        new LeaveGroupRequestData().setGroupId(group).setMemberId(member)),
                answer -> ((LeaveGroupResponseData) answer).errorCode(),
                Errors.UNKNOWN_MEMBER_ID));
        rows.add(row(
                clause,
                "join",
                new Ask(
                        ApiKeys.JOIN_GROUP,
                        5,
                        new JoinGroupRequestData()
                                .setGroupId(group)
                                .setMemberId(member)
                                .setSessionTimeoutMs(10_000)
                                .setRebalanceTimeoutMs(10_000)
                                .setProtocolType("consumer")
                                .setProtocols(new JoinGroupRequestData.JoinGroupRequestProtocolCollection())),
                answer -> ((JoinGroupResponseData) answer).errorCode(),
                Errors.UNKNOWN_MEMBER_ID));
        rows.add(row(
                clause,
                "commit",
                new Ask(
                        ApiKeys.OFFSET_COMMIT,
                        8,
                        new OffsetCommitRequestData()
                                .setGroupId(group)
                                .setMemberId(member)
                                .setGenerationIdOrMemberEpoch(3)
                                .setTopics(List.of(new OffsetCommitRequestTopic()
                                        .setName("neighbour-kafka")
                                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                                .setPartitionIndex(0)
                                                .setCommittedOffset(-5)))))),
                answer -> ((OffsetCommitResponseData) answer)
                        .topics()
                        .get(0)
                        .partitions()
                        .get(0)
                        .errorCode(),
                Errors.ILLEGAL_GENERATION));
    }

    /** Answered with an error, on a connection that goes on. */
    private static BadRow row(
            Clause clause, String detail, Ask ask, Function<ApiMessage, Short> errorCode, Errors error) {
        return new BadRow(
                clause,
                detail,
                Door.KAFKA,
                stranger -> {
                    KafkaWire.apiVersions().exchange(stranger);
                    stranger.send(ask.frame());
                },
                Expected.answered(stranger -> {
                    assertThat(Errors.forCode(errorCode.apply(ask.answer(stranger))))
                            .isEqualTo(error);
                    KafkaWire.apiVersions().exchange(stranger);
                }));
    }
}
