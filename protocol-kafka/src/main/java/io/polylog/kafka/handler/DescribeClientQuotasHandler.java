package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Quotas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.EntityData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.EntryData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.ValueData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.requests.DescribeClientQuotasRequest;
import org.jspecify.annotations.Nullable;

/** DescribeClientQuotas: the limits of those that a filter lets through (KIP-546). */
final class DescribeClientQuotasHandler implements RequestHandler<DescribeClientQuotasRequestData> {

    private static final Set<String> TYPES =
            Set.of(ClientQuotaEntity.USER, ClientQuotaEntity.CLIENT_ID, ClientQuotaEntity.IP);

    private final Quotas quotas;

    DescribeClientQuotasHandler(Quotas quotas) {
        this.quotas = quotas;
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DescribeClientQuotasRequestData request) {
        DescribeClientQuotasResponseData response = new DescribeClientQuotasResponseData();
        try {
            request.components().forEach(DescribeClientQuotasHandler::check);
            response.setEntries(entries(request));
        } catch (ApiException refused) {
            response.setEntries(null)
                    .setErrorCode(Errors.forException(refused).code())
                    .setErrorMessage(refused.getMessage());
        }
        return CompletableFuture.completedFuture(Reply.of(response));
    }

    private static void check(ComponentData component) {
        if (!TYPES.contains(component.entityType())) {
            throw Errors.UNSUPPORTED_VERSION.exception(
                    "Custom entity type " + component.entityType() + " not supported");
        }
        boolean exact = component.matchType() == DescribeClientQuotasRequest.MATCH_TYPE_EXACT;
        if (exact && component.match() == null) {
            throw Errors.INVALID_REQUEST.exception("Request specified MATCH_TYPE_EXACT, but did not specify a name");
        }
    }

    private List<EntryData> entries(DescribeClientQuotasRequestData request) {
        Set<String> types =
                request.components().stream().map(ComponentData::entityType).collect(Collectors.toSet());
        if (types.size() < request.components().size()) {
            throw Errors.INVALID_REQUEST.exception("Entity type cannot appear more than once in the filter");
        }
        if (types.contains(ClientQuotaEntity.IP) && types.size() > 1) {
            throw Errors.INVALID_REQUEST.exception("Invalid entity filter component combination. IP filter component"
                    + " should not be used with user or clientId filter component.");
        }
        List<EntryData> entries = new ArrayList<>();
        quotas.all().forEach((entity, values) -> {
            Map<String, @Nullable String> parts = QuotaEntities.parts(entity);
            boolean fits = request.components().stream().allMatch(component -> fits(parts, component))
                    && (!request.strict() || types.containsAll(parts.keySet()));
            if (fits) {
                EntryData entry = new EntryData();
                parts.forEach((type, name) ->
                        entry.entity().add(new EntityData().setEntityType(type).setEntityName(name)));
                values.forEach((kind, value) ->
                        entry.values().add(new ValueData().setKey(kind.key()).setValue(value)));
                entries.add(entry);
            }
        });
        return entries;
    }

    private static boolean fits(Map<String, @Nullable String> parts, ComponentData component) {
        if (!parts.containsKey(component.entityType())) {
            return false;
        }
        String name = parts.get(component.entityType());
        return switch (component.matchType()) {
            case DescribeClientQuotasRequest.MATCH_TYPE_EXACT -> name != null && name.equals(component.match());
            case DescribeClientQuotasRequest.MATCH_TYPE_DEFAULT -> name == null;
            case DescribeClientQuotasRequest.MATCH_TYPE_SPECIFIED -> true;
            default -> throw Errors.INVALID_REQUEST.exception("Unexpected match type: " + component.matchType());
        };
    }
}
