package io.polylog.security;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Limits, and which of them holds for a client: the one for the most special of those it belongs to. Immutable. */
public final class QuotaTable {

    private final Map<QuotaEntity, Map<QuotaKind, Double>> limits = new HashMap<>();

    public QuotaTable(Map<QuotaEntity, Map<QuotaKind, Double>> limits) {
        limits.forEach((entity, values) -> this.limits.put(entity, new EnumMap<>(values)));
    }

    public Map<QuotaEntity, Map<QuotaKind, Double>> all() {
        return Map.copyOf(limits);
    }

    /** In the order of Kafka's: users before client ids, names before defaults. */
    public Optional<Quotas.Limit> limit(QuotaKind kind, String user, String clientId) {
        if (limits.isEmpty()) {
            return Optional.empty();
        }
        for (String someUser : List.of(user, QuotaEntity.DEFAULT)) {
            for (String someClient : List.of(clientId, QuotaEntity.DEFAULT)) {
                Optional<Double> both = value(kind, Optional.of(someUser), Optional.of(someClient));
                if (both.isPresent()) {
                    return both.map(value -> new Quotas.Limit("both " + Names.row(user, clientId), value));
                }
            }
            Optional<Double> whole = value(kind, Optional.of(someUser), Optional.empty());
            if (whole.isPresent()) {
                return whole.map(value -> new Quotas.Limit("user " + Names.row(user), value));
            }
        }
        for (String someClient : List.of(clientId, QuotaEntity.DEFAULT)) {
            Optional<Double> client = value(kind, Optional.empty(), Optional.of(someClient));
            if (client.isPresent()) {
                return client.map(value -> new Quotas.Limit("client " + Names.row(clientId), value));
            }
        }
        return Optional.empty();
    }

    /** That of the address itself, or that of each address. */
    public Optional<Quotas.Limit> limitOfAddress(QuotaKind kind, String address) {
        if (limits.isEmpty()) {
            return Optional.empty();
        }
        return Optional.ofNullable(limits.get(QuotaEntity.ofAddress(address)))
                .or(() -> Optional.ofNullable(limits.get(QuotaEntity.ofAddress(QuotaEntity.DEFAULT))))
                .flatMap(values -> Optional.ofNullable(values.get(kind)))
                .map(value -> new Quotas.Limit("ip " + address, value));
    }

    private Optional<Double> value(QuotaKind kind, Optional<String> user, Optional<String> clientId) {
        Map<QuotaKind, Double> values = limits.get(new QuotaEntity(user, clientId));
        return values == null ? Optional.empty() : Optional.ofNullable(values.get(kind));
    }
}
