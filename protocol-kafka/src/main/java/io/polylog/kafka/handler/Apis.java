package io.polylog.kafka.handler;

import io.polylog.broker.Fetcher;
import io.polylog.broker.Topics;
import io.polylog.group.GroupConfigs;
import io.polylog.group.GroupCoordinator;
import io.polylog.group.ShareCoordinator;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Security;
import io.polylog.spi.AdapterContext;
import io.polylog.txn.TransactionCoordinator;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** The APIs this gateway offers, each with its handler. What is not in this table is neither advertised nor answered. */
public final class Apis {

    private record Api<Q extends ApiMessage>(Class<Q> type, RequestHandler<Q> handler) {
        CompletionStage<Reply> handle(Call call) {
            return handler.handle(call, type.cast(call.request().body().data()));
        }
    }

    private final Map<ApiKeys, Api<?>> table = new EnumMap<>(ApiKeys.class);
    private final Guards guards;
    private final Throttle throttle;

    /**
     * @param transactionVersion level of the feature {@code transaction.version}
     */
    public Apis(AdapterContext context, Endpoint endpoint, int transactionVersion) {
        TopicLookup lookup = new TopicLookup(context.topics());
        guards = new Guards(context.security().acls(), context.topics());
        throttle = new Throttle(context.security().quotas(), context.nanoClock());
        Features features = new Features(transactionVersion);
        add(
                ApiKeys.API_VERSIONS,
                ApiVersionsRequestData.class,
                new ApiVersionsHandler(table.keySet(), endpoint, features));
        addData(context, endpoint, lookup);
        addAdministration(context, endpoint, lookup);
        addCluster(context, endpoint, features);
        addGroups(context.groupCoordinator(), endpoint, lookup);
        addTransactions(context, lookup);
        addShares(context, lookup);
        addStreamsGroups(context.groupCoordinator(), context.topics());
        addSecurity(context.security());
    }

    private void addSecurity(Security security) {
        add(ApiKeys.DESCRIBE_ACLS, DescribeAclsRequestData.class, new DescribeAclsHandler(security.acls()));
        add(ApiKeys.CREATE_ACLS, CreateAclsRequestData.class, new CreateAclsHandler(security.acls()));
        add(ApiKeys.DELETE_ACLS, DeleteAclsRequestData.class, new DeleteAclsHandler(security.acls()));
        add(ApiKeys.SASL_HANDSHAKE, SaslHandshakeRequestData.class, new SaslHandshakeHandler());
        add(ApiKeys.SASL_AUTHENTICATE, SaslAuthenticateRequestData.class, new SaslAuthenticateHandler());
        add(
                ApiKeys.DESCRIBE_CLIENT_QUOTAS,
                DescribeClientQuotasRequestData.class,
                new DescribeClientQuotasHandler(security.quotas()));
        add(
                ApiKeys.ALTER_CLIENT_QUOTAS,
                AlterClientQuotasRequestData.class,
                new AlterClientQuotasHandler(security.quotas()));
        add(
                ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
                DescribeUserScramCredentialsRequestData.class,
                new DescribeUserScramCredentialsHandler(security.credentials()));
        add(
                ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
                AlterUserScramCredentialsRequestData.class,
                new AlterUserScramCredentialsHandler(security.credentials()));
    }

    private void addData(AdapterContext context, Endpoint endpoint, TopicLookup lookup) {
        Topics topics = context.topics();
        Fetcher fetcher = context.fetcher();
        Traffic traffic = new Traffic(context.meters(), context.topicMeters());
        add(ApiKeys.METADATA, MetadataRequestData.class, new MetadataHandler(topics, lookup, fetcher, endpoint));
        add(
                ApiKeys.PRODUCE,
                ProduceRequestData.class,
                new ProduceHandler(
                        lookup,
                        context.appender(),
                        context.transactions(),
                        context.schedules(),
                        context.peerClock(),
                        traffic));
        add(ApiKeys.FETCH, FetchRequestData.class, new FetchHandler(lookup, fetcher, traffic));
        add(ApiKeys.LIST_OFFSETS, ListOffsetsRequestData.class, new ListOffsetsHandler(lookup, fetcher));
        add(
                ApiKeys.OFFSET_FOR_LEADER_EPOCH,
                OffsetForLeaderEpochRequestData.class,
                new OffsetForLeaderEpochHandler(lookup, fetcher));
        add(
                ApiKeys.INIT_PRODUCER_ID,
                InitProducerIdRequestData.class,
                new InitProducerIdHandler(context.producerIds(), context.transactions()));
    }

    private void addAdministration(AdapterContext context, Endpoint endpoint, TopicLookup lookup) {
        Topics topics = context.topics();
        Fetcher fetcher = context.fetcher();
        GroupConfigs groupConfigs = context.groupCoordinator().configs();
        TopicConfigChanges configChanges = new TopicConfigChanges(topics, groupConfigs);
        add(ApiKeys.CREATE_TOPICS, CreateTopicsRequestData.class, new CreateTopicsHandler(topics, endpoint));
        add(ApiKeys.DELETE_RECORDS, DeleteRecordsRequestData.class, new DeleteRecordsHandler(topics, lookup));
        add(ApiKeys.DELETE_TOPICS, DeleteTopicsRequestData.class, new DeleteTopicsHandler(topics, lookup));
        add(
                ApiKeys.CREATE_PARTITIONS,
                CreatePartitionsRequestData.class,
                new CreatePartitionsHandler(topics, endpoint));
        add(
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                DescribeTopicPartitionsRequestData.class,
                new DescribeTopicPartitionsHandler(topics, fetcher, endpoint));
        add(ApiKeys.DESCRIBE_CLUSTER, DescribeClusterRequestData.class, new DescribeClusterHandler(endpoint));
        add(
                ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                ListPartitionReassignmentsRequestData.class,
                new ListPartitionReassignmentsHandler());
        add(
                ApiKeys.DESCRIBE_CONFIGS,
                DescribeConfigsRequestData.class,
                new DescribeConfigsHandler(topics, groupConfigs, endpoint));
        add(ApiKeys.ALTER_CONFIGS, AlterConfigsRequestData.class, new AlterConfigsHandler(configChanges));
        add(
                ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                IncrementalAlterConfigsRequestData.class,
                new IncrementalAlterConfigsHandler(configChanges));
    }

    private void addCluster(AdapterContext context, Endpoint endpoint, Features features) {
        Topics topics = context.topics();
        add(
                ApiKeys.DESCRIBE_LOG_DIRS,
                DescribeLogDirsRequestData.class,
                new DescribeLogDirsHandler(topics, context.fetcher()));
        add(
                ApiKeys.DESCRIBE_QUORUM,
                DescribeQuorumRequestData.class,
                new DescribeQuorumHandler(endpoint, context.epochClock()));
        add(ApiKeys.UPDATE_FEATURES, UpdateFeaturesRequestData.class, new UpdateFeaturesHandler(features));
        add(ApiKeys.UNREGISTER_BROKER, UnregisterBrokerRequestData.class, new UnregisterBrokerHandler(endpoint));
        add(ApiKeys.ELECT_LEADERS, ElectLeadersRequestData.class, new ElectLeadersHandler(topics));
        add(
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                AlterPartitionReassignmentsRequestData.class,
                new AlterPartitionReassignmentsHandler(topics, endpoint));
        add(
                ApiKeys.LIST_CONFIG_RESOURCES,
                ListConfigResourcesRequestData.class,
                new ListConfigResourcesHandler(topics, endpoint));
    }

    private void addStreamsGroups(GroupCoordinator groups, Topics topics) {
        add(
                ApiKeys.STREAMS_GROUP_HEARTBEAT,
                StreamsGroupHeartbeatRequestData.class,
                new StreamsGroupHeartbeatHandler(groups, topics));
        add(
                ApiKeys.STREAMS_GROUP_DESCRIBE,
                StreamsGroupDescribeRequestData.class,
                new StreamsGroupDescribeHandler(groups));
    }

    private void addGroups(GroupCoordinator groups, Endpoint endpoint, TopicLookup lookup) {
        add(ApiKeys.FIND_COORDINATOR, FindCoordinatorRequestData.class, new FindCoordinatorHandler(endpoint));
        add(ApiKeys.JOIN_GROUP, JoinGroupRequestData.class, new JoinGroupHandler(groups));
        add(ApiKeys.SYNC_GROUP, SyncGroupRequestData.class, new SyncGroupHandler(groups));
        add(ApiKeys.HEARTBEAT, HeartbeatRequestData.class, new HeartbeatHandler(groups));
        add(ApiKeys.LEAVE_GROUP, LeaveGroupRequestData.class, new LeaveGroupHandler(groups));
        add(ApiKeys.OFFSET_COMMIT, OffsetCommitRequestData.class, new OffsetCommitHandler(lookup, groups));
        add(ApiKeys.OFFSET_FETCH, OffsetFetchRequestData.class, new OffsetFetchHandler(lookup, groups));
        add(ApiKeys.OFFSET_DELETE, OffsetDeleteRequestData.class, new OffsetDeleteHandler(lookup, groups));
        add(ApiKeys.LIST_GROUPS, ListGroupsRequestData.class, new ListGroupsHandler(groups));
        add(ApiKeys.DESCRIBE_GROUPS, DescribeGroupsRequestData.class, new DescribeGroupsHandler(groups));
        add(ApiKeys.DELETE_GROUPS, DeleteGroupsRequestData.class, new DeleteGroupsHandler(groups));
        add(
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                ConsumerGroupHeartbeatRequestData.class,
                new ConsumerGroupHeartbeatHandler(groups));
        add(
                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                ConsumerGroupDescribeRequestData.class,
                new ConsumerGroupDescribeHandler(groups));
    }

    private void addTransactions(AdapterContext context, TopicLookup lookup) {
        TransactionCoordinator transactions = context.transactions();
        GroupCoordinator groups = context.groupCoordinator();
        add(
                ApiKeys.ADD_PARTITIONS_TO_TXN,
                AddPartitionsToTxnRequestData.class,
                new AddPartitionsToTxnHandler(lookup, transactions));
        add(
                ApiKeys.ADD_OFFSETS_TO_TXN,
                AddOffsetsToTxnRequestData.class,
                new AddOffsetsToTxnHandler(groups, transactions));
        add(ApiKeys.END_TXN, EndTxnRequestData.class, new EndTxnHandler(transactions));
        add(ApiKeys.TXN_OFFSET_COMMIT, TxnOffsetCommitRequestData.class, new TxnOffsetCommitHandler(lookup, groups));
        add(
                ApiKeys.WRITE_TXN_MARKERS,
                WriteTxnMarkersRequestData.class,
                new WriteTxnMarkersHandler(lookup, transactions));
        add(
                ApiKeys.DESCRIBE_TRANSACTIONS,
                DescribeTransactionsRequestData.class,
                new DescribeTransactionsHandler(transactions));
        add(
                ApiKeys.LIST_TRANSACTIONS,
                ListTransactionsRequestData.class,
                new ListTransactionsHandler(transactions, context.epochClock()));
        add(
                ApiKeys.DESCRIBE_PRODUCERS,
                DescribeProducersRequestData.class,
                new DescribeProducersHandler(lookup, transactions));
    }

    private void addShares(AdapterContext context, TopicLookup lookup) {
        ShareCoordinator coordinator = context.groupCoordinator().shares();
        ShareSessions sessions = new ShareSessions(context.shareGroups(), coordinator, lookup, context.nanoClock());
        Traffic traffic = new Traffic(context.meters(), context.topicMeters());
        add(
                ApiKeys.SHARE_GROUP_HEARTBEAT,
                ShareGroupHeartbeatRequestData.class,
                new ShareGroupHeartbeatHandler(coordinator));
        add(
                ApiKeys.SHARE_GROUP_DESCRIBE,
                ShareGroupDescribeRequestData.class,
                new ShareGroupDescribeHandler(coordinator));
        add(
                ApiKeys.SHARE_FETCH,
                ShareFetchRequestData.class,
                new ShareFetchHandler(sessions, lookup, context.fetcher(), traffic));
        add(ApiKeys.SHARE_ACKNOWLEDGE, ShareAcknowledgeRequestData.class, new ShareAcknowledgeHandler(sessions));
        add(
                ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
                DescribeShareGroupOffsetsRequestData.class,
                new DescribeShareGroupOffsetsHandler(coordinator));
        add(
                ApiKeys.ALTER_SHARE_GROUP_OFFSETS,
                AlterShareGroupOffsetsRequestData.class,
                new AlterShareGroupOffsetsHandler(coordinator));
        add(
                ApiKeys.DELETE_SHARE_GROUP_OFFSETS,
                DeleteShareGroupOffsetsRequestData.class,
                new DeleteShareGroupOffsetsHandler(coordinator));
    }

    private <Q extends ApiMessage> void add(ApiKeys key, Class<Q> type, RequestHandler<Q> handler) {
        table.put(key, new Api<>(type, handler));
    }

    /** Whether requests of this kind are answered. */
    public boolean answers(ApiKeys key, short version) {
        return table.containsKey(key) && version >= key.oldestVersion() && version <= key.latestVersion(false);
    }

    /**
     * Whether a request of this API may start while earlier ones of its kind are still waiting for the disk. Only Produce
     * gains by it; everything else is worked on alone, as in Kafka, so that a client sees what its earlier requests did.
     */
    public static boolean overlaps(ApiKeys key) {
        return key == ApiKeys.PRODUCE;
    }

    /** Works on a request that {@link #answers} said yes to. */
    public CompletionStage<Reply> handle(Call call) {
        Api<?> api = table.get(call.request().key());
        if (api == null) {
            throw new IllegalStateException(call.request().key() + " is not offered");
        }
        return guards.around(call, () -> api.handle(call)).thenApply(reply -> throttle.charge(call, reply));
    }
}
