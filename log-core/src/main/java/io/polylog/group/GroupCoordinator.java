package io.polylog.group;

import io.polylog.record.EndMarker;
import io.polylog.record.TopicPartition;
import io.polylog.txn.Producer;
import java.util.List;
import java.util.concurrent.CompletionStage;
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
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;

/**
 * Stream groups: who reads which partition, and how far each group has come. Requests and answers are Kafka's messages,
 * whichever door they come through.
 *
 * <p>Any thread may call, and no call blocks; stages complete on a coordinator thread, so a caller that owns a
 * connection goes back to its event loop. Authorisation is done before the call. A request object belongs to the
 * coordinator from the call on.
 *
 * <p>What is wrong with a request, a group or a member is an error code in the answer. A stage fails, with an
 * {@link org.apache.kafka.common.errors.ApiException} that says which error to answer, only when the coordinator as a
 * whole cannot serve: it could not start, or it is closed. A state change is answered after its records are durable.
 */
public interface GroupCoordinator extends AutoCloseable {

    /** The compacted topic that holds groups and offsets. Nobody but the coordinator writes to it. */
    String TOPIC = "__consumer_offsets";

    /**
     * The partition of {@link #TOPIC} that holds the group. Answered at once, even before the topic exists.
     */
    int partitionFor(String groupId);

    /** The partition of {@link #TOPIC} that holds the group; creates the topic if there is none. */
    CompletionStage<TopicPartition> offsetsPartition(String groupId);

    /**
     * Joins a classic group; answers when the rebalance is complete. A version from 4 on is told its member id first
     * ({@code MEMBER_ID_REQUIRED}, KIP-394).
     */
    CompletionStage<JoinGroupResponseData> joinGroup(Caller caller, JoinGroupRequestData request);

    /** Takes the leader's assignment, or waits for it. */
    CompletionStage<SyncGroupResponseData> syncGroup(Caller caller, SyncGroupRequestData request);

    CompletionStage<HeartbeatResponseData> heartbeat(Caller caller, HeartbeatRequestData request);

    /** Removes members; versions before 3 carry one member, which the door puts in the list (KIP-345). */
    CompletionStage<LeaveGroupResponseData> leaveGroup(Caller caller, LeaveGroupRequestData request);

    /** Describes classic groups, in the order asked, or with an error for each that is not one. */
    CompletionStage<List<DescribeGroupsResponseData.DescribedGroup>> describeGroups(
            Caller caller, List<String> groupIds);

    CompletionStage<ListGroupsResponseData> listGroups(Caller caller, ListGroupsRequestData request);

    CompletionStage<DeletableGroupResultCollection> deleteGroups(Caller caller, List<String> groupIds);

    /**
     * Commits offsets. The door resolves topics first: it gives each both its name and, as far as it has one, its id,
     * and answers for unknown topics itself; the answer holds the topics it passed on.
     */
    CompletionStage<OffsetCommitResponseData> offsetCommit(Caller caller, OffsetCommitRequestData request);

    /**
     * Fetches the committed offsets of several groups, answered in their order. A group with null topics asks for all.
     * Topics carry names; one without an id is the one that has the name now, so that a topic created again does not
     * inherit offsets.
     *
     * @param requireStable whether offsets with an open transaction are answered {@code UNSTABLE_OFFSET_COMMIT} (KIP-447)
     */
    CompletionStage<List<OffsetFetchResponseGroup>> offsetFetch(
            Caller caller, List<OffsetFetchRequestGroup> groups, boolean requireStable);

    /**
     * Commits offsets as part of a transaction: they show when it is committed, and not before. The door resolves topics as for
     * {@link #offsetCommit}.
     */
    CompletionStage<TxnOffsetCommitResponseData> transactionalOffsetCommit(
            Caller caller, TxnOffsetCommitRequestData request);

    /**
     * Writes the marker that ends a transaction in one partition of {@link #TOPIC}. Completes when it is durable.
     *
     * @param partition as {@link #partitionFor} says
     */
    CompletionStage<Void> completeTransaction(int partition, Producer producer, EndMarker marker);

    CompletionStage<OffsetDeleteResponseData> offsetDelete(Caller caller, OffsetDeleteRequestData request);

    /** Joins, keeps up or leaves a group of the next protocol (KIP-848). */
    CompletionStage<ConsumerGroupHeartbeatResponseData> consumerGroupHeartbeat(
            Caller caller, ConsumerGroupHeartbeatRequestData request);

    CompletionStage<List<ConsumerGroupDescribeResponseData.DescribedGroup>> consumerGroupDescribe(
            Caller caller, List<String> groupIds);

    /** Joins, keeps up or leaves a group of Kafka Streams (KIP-1071). */
    CompletionStage<StreamsHeartbeat> streamsGroupHeartbeat(Caller caller, StreamsGroupHeartbeatRequestData request);

    CompletionStage<List<StreamsGroupDescribeResponseData.DescribedGroup>> streamsGroupDescribe(
            Caller caller, List<String> groupIds);

    /** How groups are set up. */
    GroupConfigs configs();

    /** The share groups. */
    ShareCoordinator shares();

    /** Answers what waits with a retriable error and stops the threads. Later calls fail. */
    @Override
    void close();
}
