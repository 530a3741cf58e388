package io.polylog.group;

import io.polylog.engine.LedgerId;
import io.polylog.share.Ledgers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResultCollection;
import org.apache.kafka.common.protocol.Errors;

/**
 * Deletes groups together with ledgers of which the coordinator does not know, because members of other protocols made them;
 * but none whose ledgers have members. Any thread.
 */
final class ShareDeletion {

    private final Ledgers ledgers;
    private final Supplier<Stream<LedgerId>> ids;

    ShareDeletion(Ledgers ledgers, Supplier<Stream<LedgerId>> ids) {
        this.ledgers = ledgers;
        this.ids = ids;
    }

    /**
     * @param coordinator deletes groups of its own
     */
    CompletionStage<DeletableGroupResultCollection> delete(
            List<String> groupIds,
            Function<List<String>, CompletionStage<DeletableGroupResultCollection>> coordinator) {
        Set<String> busy = ids.get()
                .filter(id -> groupIds.contains(id.groupId()) && ledgers.isInUse(id))
                .map(LedgerId::groupId)
                .collect(Collectors.toSet());
        List<String> idle =
                groupIds.stream().filter(groupId -> !busy.contains(groupId)).toList();
        return coordinator
                .apply(idle)
                .thenCompose(results -> forget(results).thenApply(gone -> {
                    busy.forEach(groupId -> results.add(new DeletableGroupResult()
                            .setGroupId(groupId)
                            .setErrorCode(Errors.NON_EMPTY_GROUP.code())));
                    return results;
                }));
    }

    private CompletionStage<?> forget(DeletableGroupResultCollection results) {
        Set<String> deleted = new HashSet<>();
        for (DeletableGroupResult result : results) {
            if (result.errorCode() == Errors.NONE.code()) {
                deleted.add(result.groupId());
            }
        }
        List<CompletableFuture<Boolean>> forgetting = new ArrayList<>();
        ids.get()
                .filter(id -> deleted.contains(id.groupId()))
                .forEach(id -> forgetting.add(ledgers.delete(id).toCompletableFuture()));
        return CompletableFuture.allOf(forgetting.toArray(CompletableFuture[]::new));
    }
}
