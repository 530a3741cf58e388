package io.polylog.node;

import io.polylog.broker.ClientMetricsSettings;
import io.polylog.broker.Turns;
import io.polylog.engine.ConfigureClientMetrics;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.ReplicaGroup;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Subscriptions to clients' metrics, kept by the metadata group. */
final class DurableClientMetrics implements ClientMetricsSettings {

    private static final Logger log = LoggerFactory.getLogger(DurableClientMetrics.class);

    private final ReplicaGroup metadata;
    private final Turns turns = new Turns();
    private volatile Map<String, Map<String, String>> all; // replaced by one change at a time

    /** Before anything is proposed. */
    DurableClientMetrics(LocalEngine engine) {
        this.metadata = engine.metadata();
        this.all = engine.clientMetricsAtOpen();
    }

    @Override
    public Map<String, Map<String, String>> all() {
        return all;
    }

    @Override
    public CompletionStage<?> change(String name, UnaryOperator<Map<String, String>> change, boolean dryRun) {
        return turns.take(() -> {
            Map<String, String> wanted = Map.copyOf(change.apply(all.getOrDefault(name, Map.of())));
            return dryRun ? CompletableFuture.completedFuture(null) : change(name, wanted);
        });
    }

    private CompletionStage<Void> change(String name, Map<String, String> wanted) {
        return metadata.propose(new ConfigureClientMetrics(name, wanted)).thenAccept(done -> {
            Map<String, Map<String, String>> changed = new HashMap<>(all);
            if (wanted.isEmpty()) {
                changed.remove(name);
            } else {
                changed.put(name, wanted);
            }
            all = Map.copyOf(changed);
            log.atInfo()
                    .addKeyValue("subscription", name)
                    .addKeyValue("settings", wanted)
                    .log("subscription to clients' metrics changed");
        });
    }
}
