package io.polylog.group;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ShareGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Share groups that Kafka's coordinator has heard of from nobody, since no Kafka client has joined them: it is told as soon as
 * it is asked for groups of their names, and before members of other protocols join if there are any groups at all. A member
 * that joins and leaves at once makes the group one of its own, of the type share and empty. Any thread.
 */
final class ShareClaims {

    private static final Logger LOG = LoggerFactory.getLogger(ShareClaims.class);

    /** No topic can have that name; a member must ask for one, and is to get none. */
    private static final String NO_TOPIC = ".";

    private static final int LEAVE = -1;

    private final CoordinatorCalls calls;
    private final BooleanSupplier anyGroups;
    private final Supplier<Stream<String>> ledgers;
    private final Set<String> claimed = ConcurrentHashMap.newKeySet();

    /**
     * @param anyGroups whether the coordinator may have groups; without, it is not started to find out
     * @param ledgers the ids of the groups that have ledgers, some more than once
     */
    ShareClaims(CoordinatorCalls calls, BooleanSupplier anyGroups, Supplier<Stream<String>> ledgers) {
        this.calls = calls;
        this.anyGroups = anyGroups;
        this.ledgers = ledgers;
    }

    /**
     * Before a member joins: fails with {@code GROUP_OF_OTHER_KIND}, and with nothing else. A coordinator that cannot be asked
     * keeps nobody from a queue.
     */
    CompletionStage<?> claim(String groupId) {
        return claimed.contains(groupId) || !anyGroups.getAsBoolean()
                ? CompletableFuture.completedStage(true)
                : ask(groupId).thenAccept(error -> {
                    if (error == Errors.GROUP_ID_NOT_FOUND) {
                        throw new RefusedException(
                                Refusal.GROUP_OF_OTHER_KIND,
                                "group " + groupId + " is a consumer group; a queue needs a name of its own");
                    }
                });
    }

    /** Before the coordinator is asked for a group. */
    CompletionStage<?> settle(String groupId) {
        return claimed.contains(groupId) || ledgers.get().noneMatch(groupId::equals)
                ? CompletableFuture.completedStage(true)
                : ask(groupId);
    }

    /** Before the coordinator is asked for some. */
    CompletionStage<?> settleAll(Collection<String> groupIds) {
        return all(ledgers.get().filter(groupIds::contains));
    }

    /** Before the coordinator is asked for all of them. */
    CompletionStage<?> settleAll() {
        return all(ledgers.get());
    }

    private CompletionStage<?> all(Stream<String> groupIds) {
        return CompletableFuture.allOf(groupIds.distinct()
                .filter(groupId -> !claimed.contains(groupId))
                .map(groupId -> ask(groupId).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    /** The coordinator has forgotten these. */
    void forget(Collection<String> groupIds) {
        claimed.removeAll(groupIds);
    }

    private CompletionStage<Errors> ask(String groupId) {
        Caller gateway =
                new Caller("polylog", InetAddress.getLoopbackAddress(), ApiKeys.SHARE_GROUP_HEARTBEAT.latestVersion());
        return calls.call(
                        gateway,
                        ApiKeys.SHARE_GROUP_DESCRIBE,
                        (service, context) -> service.shareGroupDescribe(context, List.of(groupId)))
                .thenCompose(described -> described.get(0).errorCode() == Errors.NONE.code()
                        ? CompletableFuture.completedStage(Errors.NONE)
                        : visit(gateway, groupId))
                .handle((error, failure) -> {
                    Errors found = failure == null ? error : Errors.COORDINATOR_NOT_AVAILABLE;
                    if (found == Errors.NONE) {
                        claimed.add(groupId);
                    } else {
                        LOG.atDebug()
                                .addKeyValue("group", groupId)
                                .addKeyValue("error", found)
                                .log("the coordinator does not have the share group");
                    }
                    return found;
                });
    }

    private CompletionStage<Errors> visit(Caller gateway, String groupId) {
        String member = Uuid.randomUuid().toString();
        return beat(gateway, groupId, member, 0)
                .thenCompose(joined -> joined == Errors.NONE
                        ? beat(gateway, groupId, member, LEAVE).thenApply(left -> joined)
                        : CompletableFuture.completedStage(joined));
    }

    private CompletionStage<Errors> beat(Caller gateway, String groupId, String member, int epoch) {
        ShareGroupHeartbeatRequestData request = new ShareGroupHeartbeatRequestData()
                .setGroupId(groupId)
                .setMemberId(member)
                .setMemberEpoch(epoch)
                .setSubscribedTopicNames(List.of(NO_TOPIC));
        return calls.call(
                        gateway,
                        ApiKeys.SHARE_GROUP_HEARTBEAT,
                        (service, context) -> service.shareGroupHeartbeat(context, request))
                .thenApply(ShareGroupHeartbeatResponseData::errorCode)
                .thenApply(Errors::forCode);
    }
}
