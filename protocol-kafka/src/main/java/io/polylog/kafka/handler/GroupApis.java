package io.polylog.kafka.handler;

import io.polylog.broker.Topics;
import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.TopicLookup;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Consumer groups of all protocols but that of share groups. */
final class GroupApis {

    private GroupApis() {}

    static void addGroups(Apis apis, GroupCoordinator groups, Endpoint endpoint, TopicLookup lookup, Access access) {
        apis.add(ApiKeys.FIND_COORDINATOR, FindCoordinatorRequestData.class, new FindCoordinatorHandler(endpoint));
        apis.add(ApiKeys.JOIN_GROUP, JoinGroupRequestData.class, new JoinGroupHandler(groups));
        apis.add(ApiKeys.SYNC_GROUP, SyncGroupRequestData.class, new SyncGroupHandler(groups));
        apis.add(ApiKeys.HEARTBEAT, HeartbeatRequestData.class, new HeartbeatHandler(groups));
        apis.add(ApiKeys.LEAVE_GROUP, LeaveGroupRequestData.class, new LeaveGroupHandler(groups));
        apis.add(ApiKeys.OFFSET_COMMIT, OffsetCommitRequestData.class, new OffsetCommitHandler(lookup, groups));
        apis.add(ApiKeys.OFFSET_FETCH, OffsetFetchRequestData.class, new OffsetFetchHandler(lookup, groups));
        apis.add(ApiKeys.OFFSET_DELETE, OffsetDeleteRequestData.class, new OffsetDeleteHandler(lookup, groups));
        apis.add(ApiKeys.LIST_GROUPS, ListGroupsRequestData.class, new ListGroupsHandler(groups));
        apis.add(ApiKeys.DESCRIBE_GROUPS, DescribeGroupsRequestData.class, new DescribeGroupsHandler(groups));
        apis.add(ApiKeys.DELETE_GROUPS, DeleteGroupsRequestData.class, new DeleteGroupsHandler(groups));
        apis.add(
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                ConsumerGroupHeartbeatRequestData.class,
                new ConsumerGroupHeartbeatHandler(groups, access));
        apis.add(
                ApiKeys.CONSUMER_GROUP_DESCRIBE,
                ConsumerGroupDescribeRequestData.class,
                new ConsumerGroupDescribeHandler(groups));
    }

    static void addStreams(Apis apis, GroupCoordinator groups, Topics topics, Access access) {
        apis.add(
                ApiKeys.STREAMS_GROUP_HEARTBEAT,
                StreamsGroupHeartbeatRequestData.class,
                new StreamsGroupHeartbeatHandler(groups, topics, access));
        apis.add(
                ApiKeys.STREAMS_GROUP_DESCRIBE,
                StreamsGroupDescribeRequestData.class,
                new StreamsGroupDescribeHandler(groups));
    }
}
