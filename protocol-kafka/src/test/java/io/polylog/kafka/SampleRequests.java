package io.polylog.kafka;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.utils.Utils;

/** A small request of each API, as a client of that version would send it, and the error it should meet. */
final class SampleRequests {

    private SampleRequests() {}

    static Errors expected(ApiKeys key, short version) {
        return switch (key) {
            case JOIN_GROUP -> version >= 4 ? Errors.MEMBER_ID_REQUIRED : Errors.NONE;
            case HEARTBEAT, SYNC_GROUP, LEAVE_GROUP -> Errors.UNKNOWN_MEMBER_ID;
            case OFFSET_DELETE -> Errors.GROUP_ID_NOT_FOUND;
            case DELETE_GROUPS, DELETE_SHARE_GROUP_OFFSETS -> Errors.GROUP_ID_NOT_FOUND;
            case CONSUMER_GROUP_DESCRIBE, SHARE_GROUP_DESCRIBE -> Errors.GROUP_ID_NOT_FOUND;
            case SHARE_ACKNOWLEDGE -> Errors.SHARE_SESSION_NOT_FOUND;
            case STREAMS_GROUP_DESCRIBE -> Errors.GROUP_ID_NOT_FOUND;
            case STREAMS_GROUP_HEARTBEAT -> Errors.INVALID_REQUEST;
            case ELECT_LEADERS -> Errors.ELECTION_NOT_NEEDED;
            case UNREGISTER_BROKER -> Errors.BROKER_ID_NOT_REGISTERED;
            case PUSH_TELEMETRY -> Errors.UNKNOWN_SUBSCRIPTION_ID;
            case DESCRIBE_GROUPS -> version >= 6 ? Errors.GROUP_ID_NOT_FOUND : Errors.NONE;
            default -> SampleTransactions.expected(key);
        };
    }

    static ApiMessage of(ApiKeys key, short version, Uuid topicId) {
        return switch (key) {
            case API_VERSIONS ->
                version < 3
                        ? new ApiVersionsRequestData()
                        : new ApiVersionsRequestData()
                                .setClientSoftwareName("test")
                                .setClientSoftwareVersion("1");
            case METADATA -> metadata(version);
            case PRODUCE -> produce(version, topicId);
            case FETCH -> fetch(version, topicId);
            case LIST_OFFSETS ->
                new ListOffsetsRequestData()
                        .setReplicaId(-1)
                        .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                                .setName("t")
                                .setPartitions(
                                        List.of(new ListOffsetsRequestData.ListOffsetsPartition().setTimestamp(-1)))));
            case OFFSET_FOR_LEADER_EPOCH -> offsetForLeaderEpoch();
            case CREATE_TOPICS -> createTopics(version);
            case DELETE_TOPICS -> deleteTopics(version);
            case DELETE_RECORDS ->
                new DeleteRecordsRequestData()
                        .setTopics(List.of(new DeleteRecordsRequestData.DeleteRecordsTopic()
                                .setName("t")
                                .setPartitions(List.of(new DeleteRecordsRequestData.DeleteRecordsPartition()
                                        .setPartitionIndex(0)
                                        .setOffset(0)))));
            case CREATE_PARTITIONS -> createPartitions();
            case DESCRIBE_TOPIC_PARTITIONS ->
                new DescribeTopicPartitionsRequestData()
                        .setTopics(List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName("t")));
            case DESCRIBE_CONFIGS ->
                new DescribeConfigsRequestData()
                        .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                                .setResourceType(ConfigResource.Type.TOPIC.id())
                                .setResourceName("t")
                                .setConfigurationKeys(null)));
            case ALTER_CONFIGS -> alterConfigs();
            case INCREMENTAL_ALTER_CONFIGS -> incrementalAlterConfigs();
            case DESCRIBE_CLUSTER ->
                new DescribeClusterRequest.Builder(new org.apache.kafka.common.message.DescribeClusterRequestData())
                        .build(version)
                        .data();
            case INIT_PRODUCER_ID -> new InitProducerIdRequestData().setTransactionalId(null);
            case GET_TELEMETRY_SUBSCRIPTIONS -> new GetTelemetrySubscriptionsRequestData();
            case PUSH_TELEMETRY -> new PushTelemetryRequestData().setClientInstanceId(Uuid.randomUuid());
            case FIND_COORDINATOR ->
                version < 4
                        ? new FindCoordinatorRequestData().setKey("g")
                        : new FindCoordinatorRequestData().setCoordinatorKeys(List.of("g"));
            case SHARE_GROUP_HEARTBEAT,
                    SHARE_GROUP_DESCRIBE,
                    SHARE_FETCH,
                    SHARE_ACKNOWLEDGE,
                    DESCRIBE_SHARE_GROUP_OFFSETS,
                    ALTER_SHARE_GROUP_OFFSETS,
                    DELETE_SHARE_GROUP_OFFSETS -> SampleShareRequests.of(key, topicId);
            case ELECT_LEADERS, DESCRIBE_QUORUM, UNREGISTER_BROKER -> cluster(key);
            default -> group(key, version, topicId);
        };
    }

    private static ApiMessage cluster(ApiKeys key) {
        if (key == ApiKeys.ELECT_LEADERS) {
            ElectLeadersRequestData request = new ElectLeadersRequestData();
            request.topicPartitions()
                    .add(new ElectLeadersRequestData.TopicPartitions()
                            .setTopic("t")
                            .setPartitions(List.of(0)));
            return request;
        }
        return key == ApiKeys.DESCRIBE_QUORUM
                ? new DescribeQuorumRequestData()
                        .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                                .setTopicName("__cluster_metadata")
                                .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData()))))
                : new UnregisterBrokerRequestData().setBrokerId(9);
    }

    private static ApiMessage group(ApiKeys key, short version, Uuid topicId) {
        return switch (key) {
            case JOIN_GROUP -> joinGroup(version);
            case SYNC_GROUP ->
                new SyncGroupRequestData().setGroupId("g").setGenerationId(1).setMemberId("nobody");
            case HEARTBEAT ->
                new HeartbeatRequestData().setGroupId("g").setGenerationId(1).setMemberId("nobody");
            case LEAVE_GROUP ->
                version < 3
                        ? new LeaveGroupRequestData().setGroupId("g").setMemberId("nobody")
                        : new LeaveGroupRequestData()
                                .setGroupId("g")
                                .setMembers(List.of(new MemberIdentity().setMemberId("nobody")));
            case OFFSET_COMMIT ->
                new OffsetCommitRequestData()
                        .setGroupId("commits")
                        .setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic()
                                .setName(version < 10 ? "t" : "")
                                .setTopicId(version < 10 ? Uuid.ZERO_UUID : topicId)
                                .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                        .setCommittedOffset(1)))));
            case OFFSET_FETCH -> offsetFetch(version, topicId);
            case OFFSET_DELETE -> new OffsetDeleteRequestData().setGroupId("none");
            case DESCRIBE_GROUPS -> new DescribeGroupsRequestData().setGroups(List.of("none"));
            case DELETE_GROUPS -> new DeleteGroupsRequestData().setGroupsNames(List.of("none"));
            case STREAMS_GROUP_DESCRIBE -> new StreamsGroupDescribeRequestData().setGroupIds(List.of("none"));
            case CONSUMER_GROUP_DESCRIBE -> new ConsumerGroupDescribeRequestData().setGroupIds(List.of("none"));
            case CONSUMER_GROUP_HEARTBEAT ->
                new ConsumerGroupHeartbeatRequestData()
                        .setGroupId("next" + version)
                        .setMemberId(version == 0 ? "" : Uuid.randomUuid().toString())
                        .setMemberEpoch(0)
                        .setRebalanceTimeoutMs(10_000)
                        .setSubscribedTopicNames(List.of("t"))
                        .setTopicPartitions(List.of());
            default -> SampleTransactions.of(key, version, topicId);
        };
    }

    private static MetadataRequestData metadata(short version) {
        MetadataRequestData request = new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName("t")));
        return version < 4 ? request : request.setAllowAutoTopicCreation(false);
    }

    private static ProduceRequestData produce(short version, Uuid topicId) {
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1L, "v".getBytes()));
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1000);
        request.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName(version < 13 ? "t" : "")
                        .setTopicId(version < 13 ? Uuid.ZERO_UUID : topicId)
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData().setRecords(records))));
        return request;
    }

    private static FetchRequestData fetch(short version, Uuid topicId) {
        FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs(100)
                .setMinBytes(1)
                .setMaxBytes(1 << 20)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic(version < 13 ? "t" : "")
                        .setTopicId(version < 13 ? Uuid.ZERO_UUID : topicId)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartitionMaxBytes(1 << 20)))));
        return version < 15 ? request.setReplicaId(-1) : request;
    }

    private static OffsetForLeaderEpochRequestData offsetForLeaderEpoch() {
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData();
        request.topics()
                .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                        .setTopic("t")
                        .setPartitions(List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition())));
        return request;
    }

    private static CreateTopicsRequestData createTopics(short version) {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(1000);
        request.topics()
                .add(new CreateTopicsRequestData.CreatableTopic()
                        .setName("made" + version)
                        .setNumPartitions(2)
                        .setReplicationFactor((short) 1));
        return request;
    }

    /** Deletes what {@link #createTopics} made, whose APIs come first. */
    private static DeleteTopicsRequestData deleteTopics(short version) {
        DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTimeoutMs(1000);
        return version < 6
                ? request.setTopicNames(List.of("made" + (version + 1)))
                : request.setTopics(List.of(new DeleteTopicsRequestData.DeleteTopicState().setName("made7")));
    }

    private static CreatePartitionsRequestData createPartitions() {
        CreatePartitionsRequestData request =
                new CreatePartitionsRequestData().setTimeoutMs(1000).setValidateOnly(true);
        request.topics()
                .add(new CreatePartitionsRequestData.CreatePartitionsTopic()
                        .setName("t")
                        .setCount(3)
                        .setAssignments(null));
        return request;
    }

    private static AlterConfigsRequestData alterConfigs() {
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        var configs = new AlterConfigsRequestData.AlterableConfigCollection();
        configs.add(new AlterConfigsRequestData.AlterableConfig()
                .setName("retention.ms")
                .setValue("1000000"));
        request.resources()
                .add(new AlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(ConfigResource.Type.TOPIC.id())
                        .setResourceName("t")
                        .setConfigs(configs));
        return request;
    }

    private static IncrementalAlterConfigsRequestData incrementalAlterConfigs() {
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        var configs = new IncrementalAlterConfigsRequestData.AlterableConfigCollection();
        configs.add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                .setName("retention.ms")
                .setValue("2000000"));
        request.resources()
                .add(new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(ConfigResource.Type.TOPIC.id())
                        .setResourceName("t")
                        .setConfigs(configs));
        return request;
    }

    private static JoinGroupRequestData joinGroup(short version) {
        ByteBuffer subscription = ConsumerProtocol.serializeSubscription(new Subscription(List.of("t")));
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId("classic" + version)
                .setSessionTimeoutMs(10_000)
                .setProtocolType("consumer");
        if (version >= 1) {
            request.setRebalanceTimeoutMs(10_000);
        }
        request.protocols()
                .add(new JoinGroupRequestProtocol().setName("range").setMetadata(Utils.toArray(subscription)));
        return request;
    }

    private static OffsetFetchRequestData offsetFetch(short version, Uuid topicId) {
        if (version < 8) {
            return new OffsetFetchRequestData()
                    .setGroupId("none")
                    .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopic()
                            .setName("t")
                            .setPartitionIndexes(List.of(0))));
        }
        return new OffsetFetchRequestData()
                .setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup()
                        .setGroupId("none")
                        .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopics()
                                .setName(version < 10 ? "t" : "")
                                .setTopicId(version < 10 ? Uuid.ZERO_UUID : topicId)
                                .setPartitionIndexes(List.of(0))))));
    }
}
