package io.polylog.kafka.handler;

import io.polylog.group.ShareCoordinator;
import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.call.Traffic;
import io.polylog.kafka.share.ShareAcknowledgeHandler;
import io.polylog.kafka.share.ShareFetchHandler;
import io.polylog.kafka.share.ShareSessions;
import io.polylog.spi.AdapterContext;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Share groups (KIP-932). */
final class ShareApis {

    private ShareApis() {}

    static void addTo(Apis apis, AdapterContext context, TopicLookup lookup, Access access) {
        ShareCoordinator coordinator = context.groupCoordinator().shares();
        ShareSessions sessions =
                new ShareSessions(context.shareGroups(), coordinator, lookup, access, context.nanoClock());
        Traffic traffic = new Traffic(context.meters(), context.topicMeters());
        apis.add(
                ApiKeys.SHARE_GROUP_HEARTBEAT,
                ShareGroupHeartbeatRequestData.class,
                new ShareGroupHeartbeatHandler(coordinator));
        apis.add(
                ApiKeys.SHARE_GROUP_DESCRIBE,
                ShareGroupDescribeRequestData.class,
                new ShareGroupDescribeHandler(coordinator));
        apis.add(
                ApiKeys.SHARE_FETCH,
                ShareFetchRequestData.class,
                new ShareFetchHandler(sessions, lookup, context.fetcher(), traffic));
        apis.add(ApiKeys.SHARE_ACKNOWLEDGE, ShareAcknowledgeRequestData.class, new ShareAcknowledgeHandler(sessions));
        apis.add(
                ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
                DescribeShareGroupOffsetsRequestData.class,
                new DescribeShareGroupOffsetsHandler(coordinator));
        apis.add(
                ApiKeys.ALTER_SHARE_GROUP_OFFSETS,
                AlterShareGroupOffsetsRequestData.class,
                new AlterShareGroupOffsetsHandler(coordinator));
        apis.add(
                ApiKeys.DELETE_SHARE_GROUP_OFFSETS,
                DeleteShareGroupOffsetsRequestData.class,
                new DeleteShareGroupOffsetsHandler(coordinator));
    }
}
