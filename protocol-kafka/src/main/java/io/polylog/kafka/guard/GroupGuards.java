package io.polylog.kafka.guard;

import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Operation;
import io.polylog.security.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/** What it takes to be a member of a group, to look at groups and to delete them. */
final class GroupGuards {

    private static final short REFUSED = Errors.GROUP_AUTHORIZATION_FAILED.code();
    private static final int NOBODY = -1;

    /** Why a group is not shown that reads a topic which the client must not see. */
    static final String HIDDEN = "The group has described topic(s) that the client is not authorized to describe.";

    private final Access access;

    GroupGuards(Access access) {
        this.access = access;
    }

    void addTo(Guards guards) {
        guards.add(ApiKeys.FIND_COORDINATOR, FindCoordinatorRequestData.class, this::findCoordinator);
        guards.add(ApiKeys.JOIN_GROUP, JoinGroupRequestData.class, member(access, JoinGroupRequestData::groupId));
        guards.add(ApiKeys.SYNC_GROUP, SyncGroupRequestData.class, member(access, SyncGroupRequestData::groupId));
        guards.add(ApiKeys.HEARTBEAT, HeartbeatRequestData.class, member(access, HeartbeatRequestData::groupId));
        guards.add(ApiKeys.LEAVE_GROUP, LeaveGroupRequestData.class, member(access, LeaveGroupRequestData::groupId));
        guards.add(ApiKeys.CONSUMER_GROUP_HEARTBEAT, ConsumerGroupHeartbeatRequestData.class, this::consumerHeartbeat);
        guards.add(ApiKeys.LIST_GROUPS, ListGroupsRequestData.class, this::list);
        guards.add(ApiKeys.DESCRIBE_GROUPS, DescribeGroupsRequestData.class, this::describe);
        guards.add(ApiKeys.CONSUMER_GROUP_DESCRIBE, ConsumerGroupDescribeRequestData.class, this::consumerDescribe);
        guards.add(ApiKeys.DELETE_GROUPS, DeleteGroupsRequestData.class, this::delete);
    }

    /** For requests of a group's members, which need no more than READ of the group. */
    static <Q extends ApiMessage> Guard<Q> member(Access access, Function<Q, String> group) {
        return (call, request, rest) -> {
            access.requireGroup(call, Operation.READ, group.apply(request));
            return rest.get();
        };
    }

    private CompletionStage<Reply> findCoordinator(
            Call call, FindCoordinatorRequestData request, Supplier<CompletionStage<Reply>> rest) {
        if (call.version() < FindCoordinatorRequest.MIN_BATCHED_VERSION) {
            Errors refusal = refusal(call, request.keyType(), request.key());
            return refusal == Errors.NONE
                    ? rest.get()
                    : CompletableFuture.completedFuture(Reply.of(new FindCoordinatorResponseData()
                            .setErrorCode(refusal.code())
                            .setErrorMessage(refusal.message())
                            .setNodeId(NOBODY)
                            .setPort(NOBODY)));
        }
        List<String> refused = new ArrayList<>();
        request.setCoordinatorKeys(Guard.kept(
                request.coordinatorKeys(), key -> refusal(call, request.keyType(), key) == Errors.NONE, refused));
        return rest.get()
                .thenApply(Guard.changing(
                        FindCoordinatorResponseData.class,
                        response -> response.setCoordinators(Guard.joined(
                                response.coordinators(),
                                refused,
                                key -> refused(key, refusal(call, request.keyType(), key))))));
    }

    private static Coordinator refused(String key, Errors error) {
        return new Coordinator()
                .setKey(key)
                .setErrorCode(error.code())
                .setErrorMessage(error.message())
                .setNodeId(NOBODY)
                .setPort(NOBODY);
    }

    private Errors refusal(Call call, byte keyType, String key) {
        if (keyType == CoordinatorType.GROUP.id()) {
            return access.group(call, Operation.DESCRIBE, key) ? Errors.NONE : Errors.GROUP_AUTHORIZATION_FAILED;
        }
        if (keyType == CoordinatorType.TRANSACTION.id()) {
            return access.transactionalId(call, Operation.DESCRIBE, key)
                    ? Errors.NONE
                    : Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
        }
        return access.cluster(call, Operation.CLUSTER_ACTION) ? Errors.NONE : Errors.CLUSTER_AUTHORIZATION_FAILED;
    }

    private CompletionStage<Reply> consumerHeartbeat(
            Call call, ConsumerGroupHeartbeatRequestData request, Supplier<CompletionStage<Reply>> rest) {
        access.requireGroup(call, Operation.READ, request.groupId());
        access.requireTopics(call, Operation.DESCRIBE, request.subscribedTopicNames());
        return rest.get();
    }

    private CompletionStage<Reply> list(
            Call call, ListGroupsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        if (access.cluster(call, Operation.DESCRIBE)) {
            return rest.get();
        }
        return rest.get()
                .thenApply(Guard.changing(
                        ListGroupsResponseData.class,
                        response -> response.setGroups(response.groups().stream()
                                .filter(group -> access.group(call, Operation.DESCRIBE, group.groupId()))
                                .toList())));
    }

    private CompletionStage<Reply> describe(
            Call call, DescribeGroupsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<String> refused = new ArrayList<>();
        request.setGroups(Guard.kept(request.groups(), id -> access.group(call, Operation.DESCRIBE, id), refused));
        return rest.get().thenApply(Guard.changing(DescribeGroupsResponseData.class, response -> {
            response.groups()
                    .forEach(group -> group.setAuthorizedOperations(
                            access.mask(call, Resource.group(group.groupId()), group.authorizedOperations())));
            response.setGroups(Guard.joined(
                    response.groups(),
                    refused,
                    id -> new DescribeGroupsResponseData.DescribedGroup()
                            .setGroupId(id)
                            .setErrorCode(REFUSED)));
        }));
    }

    private CompletionStage<Reply> consumerDescribe(
            Call call, ConsumerGroupDescribeRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<String> refused = new ArrayList<>();
        request.setGroupIds(Guard.kept(request.groupIds(), id -> access.group(call, Operation.DESCRIBE, id), refused));
        return rest.get().thenApply(Guard.changing(ConsumerGroupDescribeResponseData.class, response -> {
            List<ConsumerGroupDescribeResponseData.DescribedGroup> shown = new ArrayList<>();
            response.groups().forEach(group -> shown.add(shown(call, group)));
            refused.forEach(id -> shown.add(new ConsumerGroupDescribeResponseData.DescribedGroup()
                    .setGroupId(id)
                    .setErrorCode(REFUSED)
                    .setErrorMessage(Errors.GROUP_AUTHORIZATION_FAILED.message())));
            response.setGroups(shown);
        }));
    }

    /** A group that reads a topic which the client must not see is not shown, as in Kafka. */
    private ConsumerGroupDescribeResponseData.DescribedGroup shown(
            Call call, ConsumerGroupDescribeResponseData.DescribedGroup group) {
        boolean seesAll = group.members().stream()
                .flatMap(member -> Stream.concat(
                        member.assignment().topicPartitions().stream(),
                        member.targetAssignment().topicPartitions().stream()))
                .allMatch(topic -> access.topic(call, Operation.DESCRIBE, topic.topicName()));
        if (!seesAll) {
            return new ConsumerGroupDescribeResponseData.DescribedGroup()
                    .setGroupId(group.groupId())
                    .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                    .setErrorMessage(HIDDEN);
        }
        return group.setAuthorizedOperations(
                access.mask(call, Resource.group(group.groupId()), group.authorizedOperations()));
    }

    private CompletionStage<Reply> delete(
            Call call, DeleteGroupsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<String> refused = new ArrayList<>();
        request.setGroupsNames(
                Guard.kept(request.groupsNames(), id -> access.group(call, Operation.DELETE, id), refused));
        return rest.get()
                .thenApply(Guard.changing(
                        DeleteGroupsResponseData.class,
                        response -> refused.stream()
                                .distinct()
                                .forEach(id -> response.results()
                                        .add(new DeletableGroupResult()
                                                .setGroupId(id)
                                                .setErrorCode(REFUSED)))));
    }
}
