package io.polylog.group;

import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.engine.LedgerId;
import io.polylog.record.EndMarker;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import io.polylog.txn.Producer;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResultCollection;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;

/**
 * Kafka's own group coordinator behind the port.
 *
 * <p>Nothing of it is loaded, and the offsets topic is not created, before the first request: a gateway without stream
 * groups does not pay for them. See {@link LazyCoordinator}.
 *
 * <p>Any thread may call. The worker thread starts the coordinator, loads its partitions and follows the topics; it ends
 * when it has had nothing to do for a while. After {@link #close} every call fails.
 */
public final class EmbeddedGroupCoordinator implements GroupCoordinator {

    /** Tasks waiting for the worker: one or two per partition of the offsets topic, and one to look at the topics. */
    private static final int WORKER_QUEUE_TASKS = 1024;

    private static final long WORKER_IDLE_SECONDS = 5;

    /** Of a marker: it is handed back to our own writer, which does not look at it. */
    private static final short ANY_TRANSACTION_VERSION = 0;

    private final int nodeId;
    private final GroupSettings settings;
    private final OffsetsLog log;
    private final ShareStates shareStates;
    private final Topics topics;
    private final EpochClock clock;
    private final NanoClock nanoClock;
    private final ThreadPoolExecutor worker;
    private final LazyCoordinator lazy;
    private final ShareClaims claims;
    private final ShareDeletion deletion;
    private final ShareCoordinator shares;

    /**
     * @param nodeId this process among those of its cluster
     * @param topics what consumers may be assigned; deleted topics lose their offsets
     */
    public EmbeddedGroupCoordinator(
            int nodeId,
            GroupSettings settings,
            OffsetsLog log,
            ShareStates shareStates,
            Topics topics,
            EpochClock clock,
            NanoClock nanoClock) {
        this.nodeId = nodeId;
        this.settings = settings;
        this.log = log;
        this.shareStates = shareStates;
        this.topics = topics;
        this.claims = new ShareClaims(
                this::call,
                () -> topics.find(TOPIC).isPresent(),
                () -> shareStates.ledgerIds().get().map(LedgerId::groupId));
        this.deletion = new ShareDeletion(shareStates.ledgers(), shareStates.ledgerIds());
        this.shares = new EmbeddedShareCoordinator(this::call, claims, shareStates.configs()::share);
        this.clock = clock;
        this.nanoClock = nanoClock;
        this.worker = new ThreadPoolExecutor(
                1,
                1,
                WORKER_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WORKER_QUEUE_TASKS),
                task -> new Thread(task, "polylog-group-worker"));
        worker.allowCoreThreadTimeOut(true);
        this.lazy = new LazyCoordinator(log.topic(), this::start, worker, nanoClock);
    }

    @Override
    public int partitionFor(String groupId) {
        int count = topics.find(TOPIC).map(Topic::partitionCount).orElse(settings.offsetsPartitions());
        return Utils.abs(groupId.hashCode()) % count;
    }

    @Override
    public CompletionStage<io.polylog.record.TopicPartition> offsetsPartition(String groupId) {
        return log.topic().get().thenApply(topic -> topic.partition(partitionFor(groupId)));
    }

    @Override
    public CompletionStage<JoinGroupResponseData> joinGroup(Caller caller, JoinGroupRequestData request) {
        String group = request.groupId();
        return claims.settle(group)
                .thenCompose(settled -> call(
                        caller,
                        ApiKeys.JOIN_GROUP,
                        (service, context) -> service.joinGroup(context, request, BufferSupplier.NO_CACHING)))
                .whenComplete((joined, failure) -> {
                    if (failure == null) {
                        GroupNews.joined(group, joined);
                    }
                });
    }

    @Override
    public CompletionStage<SyncGroupResponseData> syncGroup(Caller caller, SyncGroupRequestData request) {
        return call(
                caller,
                ApiKeys.SYNC_GROUP,
                (service, context) -> service.syncGroup(context, request, BufferSupplier.NO_CACHING));
    }

    @Override
    public CompletionStage<HeartbeatResponseData> heartbeat(Caller caller, HeartbeatRequestData request) {
        return call(caller, ApiKeys.HEARTBEAT, (service, context) -> service.heartbeat(context, request));
    }

    @Override
    public CompletionStage<LeaveGroupResponseData> leaveGroup(Caller caller, LeaveGroupRequestData request) {
        return call(caller, ApiKeys.LEAVE_GROUP, (service, context) -> service.leaveGroup(context, request))
                .whenComplete((left, failure) -> {
                    if (failure == null) {
                        GroupNews.left(request, left);
                    }
                });
    }

    @Override
    public CompletionStage<List<DescribeGroupsResponseData.DescribedGroup>> describeGroups(
            Caller caller, List<String> groupIds) {
        return call(caller, ApiKeys.DESCRIBE_GROUPS, (service, context) -> service.describeGroups(context, groupIds));
    }

    @Override
    public CompletionStage<ListGroupsResponseData> listGroups(Caller caller, ListGroupsRequestData request) {
        return claims.settleAll()
                .thenCompose(settled ->
                        call(caller, ApiKeys.LIST_GROUPS, (service, context) -> service.listGroups(context, request)));
    }

    @Override
    public CompletionStage<DeletableGroupResultCollection> deleteGroups(Caller caller, List<String> groupIds) {
        return deletion.delete(
                groupIds,
                idle -> claims.settleAll(idle)
                        .thenCompose(settled -> call(
                                caller,
                                ApiKeys.DELETE_GROUPS,
                                (service, context) -> service.deleteGroups(context, idle, BufferSupplier.NO_CACHING)))
                        .whenComplete((deleted, failure) -> claims.forget(idle)));
    }

    @Override
    public CompletionStage<OffsetCommitResponseData> offsetCommit(Caller caller, OffsetCommitRequestData request) {
        return settledFor(request.groupId(), request.generationIdOrMemberEpoch())
                .thenCompose(settled -> call(
                        caller,
                        ApiKeys.OFFSET_COMMIT,
                        (service, context) -> service.commitOffsets(context, request, BufferSupplier.NO_CACHING)));
    }

    @Override
    public CompletionStage<List<OffsetFetchResponseGroup>> offsetFetch(
            Caller caller, List<OffsetFetchRequestGroup> groups, boolean requireStable) {
        groups.forEach(this::identify);
        return call(caller, ApiKeys.OFFSET_FETCH, (service, context) -> {
            List<CompletableFuture<OffsetFetchResponseGroup>> answers = groups.stream()
                    .map(group -> service.fetchOffsets(context, group, requireStable))
                    .toList();
            return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                    .thenApply(
                            all -> answers.stream().map(CompletableFuture::join).toList());
        });
    }

    /** Without an id the coordinator would answer with the offsets of an earlier topic of the same name. */
    private void identify(OffsetFetchRequestGroup group) {
        if (group.topics() == null) {
            return;
        }
        for (OffsetFetchRequestTopics topic : group.topics()) {
            if (topic.topicId().equals(Uuid.ZERO_UUID)) {
                topics.find(topic.name())
                        .map(Topic::id)
                        .ifPresent(id ->
                                topic.setTopicId(new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits())));
            }
        }
    }

    @Override
    public CompletionStage<TxnOffsetCommitResponseData> transactionalOffsetCommit(
            Caller caller, TxnOffsetCommitRequestData request) {
        return settledFor(request.groupId(), request.generationIdOrMemberEpoch())
                .thenCompose(settled -> call(
                        caller,
                        ApiKeys.TXN_OFFSET_COMMIT,
                        (service, context) ->
                                service.commitTransactionalOffsets(context, request, BufferSupplier.NO_CACHING)));
    }

    @Override
    public CompletionStage<Void> completeTransaction(int partition, Producer producer, EndMarker marker) {
        return lazy.inTurn(coordinator -> coordinator
                        .service()
                        .completeTransaction(
                                new TopicPartition(TOPIC, partition),
                                producer.id(),
                                producer.epoch(),
                                marker.coordinatorEpoch(),
                                marker.committed() ? TransactionResult.COMMIT : TransactionResult.ABORT,
                                ANY_TRANSACTION_VERSION))
                .thenCompose(completed -> completed);
    }

    @Override
    public CompletionStage<OffsetDeleteResponseData> offsetDelete(Caller caller, OffsetDeleteRequestData request) {
        return call(
                caller,
                ApiKeys.OFFSET_DELETE,
                (service, context) -> service.deleteOffsets(context, request, BufferSupplier.NO_CACHING));
    }

    @Override
    public CompletionStage<ConsumerGroupHeartbeatResponseData> consumerGroupHeartbeat(
            Caller caller, ConsumerGroupHeartbeatRequestData request) {
        return settledFor(request.groupId(), request.memberEpoch())
                .thenCompose(settled -> call(
                        caller,
                        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                        (service, context) -> service.consumerGroupHeartbeat(context, request)))
                .whenComplete((heard, failure) -> {
                    if (failure == null) {
                        GroupNews.heard(request, heard);
                    }
                });
    }

    @Override
    public CompletionStage<List<ConsumerGroupDescribeResponseData.DescribedGroup>> consumerGroupDescribe(
            Caller caller, List<String> groupIds) {
        return call(
                caller,
                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                (service, context) -> service.consumerGroupDescribe(context, groupIds));
    }

    @Override
    public CompletionStage<StreamsHeartbeat> streamsGroupHeartbeat(
            Caller caller, StreamsGroupHeartbeatRequestData request) {
        return settledFor(request.groupId(), request.memberEpoch())
                .thenCompose(settled -> call(
                        caller,
                        ApiKeys.STREAMS_GROUP_HEARTBEAT,
                        (service, context) -> service.streamsGroupHeartbeat(context, request)
                                .thenApply(heard -> new StreamsHeartbeat(
                                        heard.data(),
                                        List.copyOf(heard.creatableTopics().values())))));
    }

    @Override
    public CompletionStage<List<StreamsGroupDescribeResponseData.DescribedGroup>> streamsGroupDescribe(
            Caller caller, List<String> groupIds) {
        return call(
                caller,
                ApiKeys.STREAMS_GROUP_DESCRIBE,
                (service, context) -> service.streamsGroupDescribe(context, groupIds, false));
    }

    /** Whoever is no member yet may make the group. */
    private CompletionStage<?> settledFor(String groupId, int memberEpoch) {
        return memberEpoch <= 0 ? claims.settle(groupId) : CompletableFuture.completedStage(true);
    }

    @Override
    public GroupConfigs configs() {
        return shareStates.configs();
    }

    @Override
    public ShareCoordinator shares() {
        return shares;
    }

    private <T> CompletionStage<T> call(
            Caller caller,
            ApiKeys api,
            BiFunction<GroupCoordinatorService, CallerContext, CompletionStage<T>> request) {
        CallerContext context = new CallerContext(caller, api.id);
        return lazy.inTurn(coordinator -> request.apply(coordinator.service(), context))
                .thenCompose(answer -> answer);
    }

    private RunningCoordinator start(Topic topic) {
        RunningCoordinator coordinator =
                new RunningCoordinator(nodeId, settings, log, shareStates, topic, topics, clock, nanoClock, worker);
        try {
            coordinator.start();
            shareStates.configs().follow(coordinator.service()::updateGroupConfig);
        } catch (RuntimeException failure) {
            coordinator.close();
            throw failure;
        }
        return coordinator;
    }

    @Override
    public void close() {
        lazy.close();
        worker.shutdown();
    }
}
