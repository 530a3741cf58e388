package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.QuotaEntity;
import io.polylog.security.QuotaKind;
import io.polylog.security.Quotas;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntryData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * AlterClientQuotas: sets and removes limits, of each entity all or none (KIP-546). Kinds of limits
 * that are not kept to are refused.
 */
final class AlterClientQuotasHandler implements RequestHandler<AlterClientQuotasRequestData> {

    private final Quotas quotas;

    AlterClientQuotasHandler(Quotas quotas) {
        this.quotas = quotas;
    }

    @Override
    public CompletionStage<Reply> handle(Call call, AlterClientQuotasRequestData request) {
        List<Quotas.Change> changes = new ArrayList<>();
        List<AlterClientQuotasResponseData.EntryData> results = new ArrayList<>();
        for (EntryData entry : request.entries()) {
            AlterClientQuotasResponseData.EntryData result = result(entry);
            try {
                changes.addAll(changes(entry));
            } catch (ApiException refused) {
                result.setErrorCode(Errors.forException(refused).code()).setErrorMessage(refused.getMessage());
            }
            results.add(result);
        }
        CompletionStage<Void> changed = request.validateOnly() || changes.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : quotas.change(changes);
        return changed.thenApply(done -> Reply.of(new AlterClientQuotasResponseData().setEntries(results)));
    }

    private static List<Quotas.Change> changes(EntryData entry) {
        Map<String, @Nullable String> parts = new HashMap<>();
        for (EntityData part : entry.entity()) {
            if (parts.containsKey(part.entityType())) {
                throw new InvalidRequestException("Duplicate entity type: " + part.entityType());
            }
            parts.put(part.entityType(), part.entityName());
        }
        QuotaEntity entity = QuotaEntities.entity(parts);
        Set<String> seen = new HashSet<>();
        List<Quotas.Change> changes = new ArrayList<>();
        for (OpData op : entry.ops()) {
            if (!seen.add(op.key())) {
                throw new InvalidRequestException("Duplicate quota key: " + op.key());
            }
            QuotaKind kind = QuotaKind.of(op.key())
                    .filter(known -> known.ofAddresses() == entity.address().isPresent())
                    .orElseThrow(() -> new InvalidRequestException("Invalid configuration key " + op.key()));
            changes.add(new Quotas.Change(entity, kind, value(kind, op)));
        }
        return changes;
    }

    private static OptionalDouble value(QuotaKind kind, OpData op) {
        if (op.remove()) {
            return OptionalDouble.empty();
        }
        if (!kind.takes(op.value())) {
            throw new InvalidRequestException(
                    "Quota " + op.key() + " must be greater than 0, and a whole number but for"
                            + " request_percentage and controller_mutation_rate, not " + op.value());
        }
        return OptionalDouble.of(op.value());
    }

    private static AlterClientQuotasResponseData.EntryData result(EntryData entry) {
        AlterClientQuotasResponseData.EntryData result =
                new AlterClientQuotasResponseData.EntryData().setErrorMessage(null);
        for (EntityData part : entry.entity()) {
            result.entity()
                    .add(new AlterClientQuotasResponseData.EntityData()
                            .setEntityType(part.entityType())
                            .setEntityName(part.entityName()));
        }
        return result;
    }
}
