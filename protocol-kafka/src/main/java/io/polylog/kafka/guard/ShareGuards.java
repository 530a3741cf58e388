package io.polylog.kafka.guard;

import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Operation;
import io.polylog.security.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.message.ShareAcknowledgeRequestData;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeRequestData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * What it takes to be a member of a share group, and to look at and change one. Whether a member may read a topic is asked by
 * its {@code ShareSession}, which lasts longer than a request.
 */
final class ShareGuards {

    private final Access access;

    ShareGuards(Access access) {
        this.access = access;
    }

    void addTo(Guards guards) {
        guards.add(ApiKeys.SHARE_GROUP_HEARTBEAT, ShareGroupHeartbeatRequestData.class, this::heartbeat);
        guards.add(
                ApiKeys.SHARE_FETCH,
                ShareFetchRequestData.class,
                GroupGuards.member(access, ShareFetchRequestData::groupId));
        guards.add(
                ApiKeys.SHARE_ACKNOWLEDGE,
                ShareAcknowledgeRequestData.class,
                GroupGuards.member(access, ShareAcknowledgeRequestData::groupId));
        guards.add(ApiKeys.SHARE_GROUP_DESCRIBE, ShareGroupDescribeRequestData.class, this::describe);
    }

    private CompletionStage<Reply> heartbeat(
            Call call, ShareGroupHeartbeatRequestData request, Supplier<CompletionStage<Reply>> rest) {
        access.requireGroup(call, Operation.READ, request.groupId());
        access.requireTopics(call, Operation.DESCRIBE, request.subscribedTopicNames());
        return rest.get();
    }

    private CompletionStage<Reply> describe(
            Call call, ShareGroupDescribeRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<String> refused = new ArrayList<>();
        request.setGroupIds(Guard.kept(request.groupIds(), id -> access.group(call, Operation.DESCRIBE, id), refused));
        return rest.get().thenApply(Guard.changing(ShareGroupDescribeResponseData.class, response -> {
            List<DescribedGroup> shown = new ArrayList<>();
            response.groups().forEach(group -> shown.add(shown(call, group)));
            response.setGroups(Guard.joined(
                    shown,
                    refused,
                    id -> new DescribedGroup()
                            .setGroupId(id)
                            .setErrorCode(Errors.GROUP_AUTHORIZATION_FAILED.code())
                            .setErrorMessage(Errors.GROUP_AUTHORIZATION_FAILED.message())));
        }));
    }

    private DescribedGroup shown(Call call, DescribedGroup group) {
        boolean seesAll = group.members().stream()
                .flatMap(member -> member.assignment().topicPartitions().stream())
                .allMatch(topic -> access.topic(call, Operation.DESCRIBE, topic.topicName()));
        if (!seesAll) {
            return new DescribedGroup()
                    .setGroupId(group.groupId())
                    .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                    .setErrorMessage(GroupGuards.HIDDEN);
        }
        return group.setAuthorizedOperations(
                access.mask(call, Resource.group(group.groupId()), group.authorizedOperations()));
    }
}
