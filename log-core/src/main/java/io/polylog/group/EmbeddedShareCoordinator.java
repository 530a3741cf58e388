package io.polylog.group;

import io.polylog.share.ShareGroupSettings;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseGroup;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** The share groups of the embedded coordinator. Any thread. */
final class EmbeddedShareCoordinator implements ShareCoordinator {

    private final CoordinatorCalls calls;
    private final ShareClaims claims;
    private final Function<String, ShareGroupSettings> settings;

    EmbeddedShareCoordinator(
            CoordinatorCalls calls, ShareClaims claims, Function<String, ShareGroupSettings> settings) {
        this.calls = calls;
        this.claims = claims;
        this.settings = settings;
    }

    @Override
    public ShareGroupSettings settings(String groupId) {
        return settings.apply(groupId);
    }

    @Override
    public CompletionStage<?> claim(String groupId) {
        return claims.claim(groupId);
    }

    @Override
    public CompletionStage<ShareGroupHeartbeatResponseData> heartbeat(
            Caller caller, ShareGroupHeartbeatRequestData request) {
        return calls.call(
                caller,
                ApiKeys.SHARE_GROUP_HEARTBEAT,
                (service, context) -> service.shareGroupHeartbeat(context, request));
    }

    @Override
    public CompletionStage<List<ShareGroupDescribeResponseData.DescribedGroup>> describe(
            Caller caller, List<String> groupIds) {
        return claims.settleAll(groupIds)
                .thenCompose(settled -> calls.call(
                        caller,
                        ApiKeys.SHARE_GROUP_DESCRIBE,
                        (service, context) -> service.shareGroupDescribe(context, groupIds)));
    }

    @Override
    public CompletionStage<List<DescribeShareGroupOffsetsResponseGroup>> describeOffsets(
            Caller caller, List<DescribeShareGroupOffsetsRequestGroup> groups) {
        return calls.call(caller, ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS, (service, context) -> {
            List<CompletableFuture<DescribeShareGroupOffsetsResponseGroup>> answers = groups.stream()
                    .map(group -> group.groupId().isEmpty()
                            ? CompletableFuture.completedFuture(nameless())
                            : group.topics() == null
                                    ? service.describeShareGroupAllOffsets(context, group)
                                    : service.describeShareGroupOffsets(context, group))
                    .toList();
            return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                    .thenApply(
                            all -> answers.stream().map(CompletableFuture::join).toList());
        });
    }

    /** The coordinator would look for the ledgers of a group that can have none. */
    private static DescribeShareGroupOffsetsResponseGroup nameless() {
        return new DescribeShareGroupOffsetsResponseGroup()
                .setErrorCode(Errors.INVALID_GROUP_ID.code())
                .setErrorMessage(Errors.INVALID_GROUP_ID.message());
    }

    @Override
    public CompletionStage<AlterShareGroupOffsetsResponseData> alterOffsets(
            Caller caller, AlterShareGroupOffsetsRequestData request) {
        return calls.call(
                caller,
                ApiKeys.ALTER_SHARE_GROUP_OFFSETS,
                (service, context) -> service.alterShareGroupOffsets(context, request.groupId(), request));
    }

    @Override
    public CompletionStage<DeleteShareGroupOffsetsResponseData> deleteOffsets(
            Caller caller, DeleteShareGroupOffsetsRequestData request) {
        return calls.call(
                caller,
                ApiKeys.DELETE_SHARE_GROUP_OFFSETS,
                (service, context) -> service.deleteShareGroupOffsets(context, request));
    }
}
