package io.polylog.node;

import io.polylog.security.QuotaEntity;
import io.polylog.security.QuotaKind;
import io.polylog.security.QuotaTable;
import io.polylog.security.Quotas;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The quotas of the metadata group. */
final class DurableQuotas implements Quotas {

    private final SecurityRows rows;
    private volatile QuotaTable table = new QuotaTable(Map.of());

    DurableQuotas(SecurityRows rows) {
        this.rows = rows;
        rows.read(QuotaEntity::isRow, this::take);
    }

    private void take(Map<String, String> stored) {
        Map<QuotaEntity, Map<QuotaKind, Double>> limits = new HashMap<>();
        stored.forEach(
                (key, value) -> limits.computeIfAbsent(QuotaEntity.ofRow(key), entity -> new EnumMap<>(QuotaKind.class))
                        .put(QuotaEntity.kindOfRow(key), Double.valueOf(value)));
        table = new QuotaTable(limits);
    }

    @Override
    public Optional<Limit> limit(QuotaKind kind, String user, String clientId) {
        return table.limit(kind, user, clientId);
    }

    @Override
    public Optional<Limit> limitOfAddress(QuotaKind kind, String address) {
        return table.limitOfAddress(kind, address);
    }

    @Override
    public Map<QuotaEntity, Map<QuotaKind, Double>> all() {
        return table.all();
    }

    @Override
    public CompletionStage<Void> change(Collection<Change> changes) {
        Map<String, String> put = new HashMap<>();
        List<String> removed = new ArrayList<>();
        for (Change change : changes) {
            String key = change.entity().rowKey(change.kind());
            change.value().ifPresentOrElse(value -> put.put(key, Double.toString(value)), () -> removed.add(key));
        }
        return rows.change(put, removed);
    }
}
