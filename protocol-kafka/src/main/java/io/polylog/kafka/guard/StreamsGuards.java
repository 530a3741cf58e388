package io.polylog.kafka.guard;

import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Operation;
import io.polylog.security.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * What it takes to be a member of a group of Kafka Streams, and to look at one. Whether its internal topics may be created is
 * asked by {@code StreamsGroupHeartbeatHandler}, which alone knows them.
 */
final class StreamsGuards {

    private final Access access;

    StreamsGuards(Access access) {
        this.access = access;
    }

    void addTo(Guards guards) {
        guards.add(ApiKeys.STREAMS_GROUP_HEARTBEAT, StreamsGroupHeartbeatRequestData.class, this::heartbeat);
        guards.add(ApiKeys.STREAMS_GROUP_DESCRIBE, StreamsGroupDescribeRequestData.class, this::describe);
    }

    private CompletionStage<Reply> heartbeat(
            Call call, StreamsGroupHeartbeatRequestData request, Supplier<CompletionStage<Reply>> rest) {
        access.requireGroup(call, Operation.READ, request.groupId());
        if (request.topology() != null) {
            access.requireTopics(
                    call,
                    Operation.DESCRIBE,
                    request.topology().subtopologies().stream()
                            .flatMap(StreamsGuards::topics)
                            .toList());
        }
        return rest.get();
    }

    private static Stream<String> topics(StreamsGroupHeartbeatRequestData.Subtopology part) {
        return Stream.of(
                        part.sourceTopics(),
                        part.repartitionSinkTopics(),
                        part.repartitionSourceTopics().stream()
                                .map(StreamsGroupHeartbeatRequestData.TopicInfo::name)
                                .toList(),
                        part.stateChangelogTopics().stream()
                                .map(StreamsGroupHeartbeatRequestData.TopicInfo::name)
                                .toList())
                .flatMap(Collection::stream);
    }

    private CompletionStage<Reply> describe(
            Call call, StreamsGroupDescribeRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<String> refused = new ArrayList<>();
        request.setGroupIds(Guard.kept(request.groupIds(), id -> access.group(call, Operation.DESCRIBE, id), refused));
        return rest.get().thenApply(Guard.changing(StreamsGroupDescribeResponseData.class, response -> {
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
        boolean seesAll = group.topology() == null
                || group.topology().subtopologies().stream()
                        .flatMap(StreamsGuards::topics)
                        .allMatch(topic -> access.topic(call, Operation.DESCRIBE, topic));
        if (!seesAll) {
            return new DescribedGroup()
                    .setGroupId(group.groupId())
                    .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())
                    .setErrorMessage(GroupGuards.HIDDEN);
        }
        return group.setAuthorizedOperations(
                access.mask(call, Resource.group(group.groupId()), group.authorizedOperations()));
    }

    private static Stream<String> topics(StreamsGroupDescribeResponseData.Subtopology part) {
        return Stream.of(
                        part.sourceTopics(),
                        part.repartitionSinkTopics(),
                        part.repartitionSourceTopics().stream()
                                .map(StreamsGroupDescribeResponseData.TopicInfo::name)
                                .toList(),
                        part.stateChangelogTopics().stream()
                                .map(StreamsGroupDescribeResponseData.TopicInfo::name)
                                .toList())
                .flatMap(Collection::stream);
    }
}
