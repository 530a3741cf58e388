package io.polylog.node;

import io.polylog.security.Credentials;
import io.polylog.security.ScramCredential;
import io.polylog.security.ScramMechanism;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The credentials of the metadata group, and those of the configured administrator. */
final class DurableCredentials implements Credentials {

    private static final Logger log = LoggerFactory.getLogger(DurableCredentials.class);

    private final SecurityRows rows;
    private final Map<String, ScramCredential> configured;
    private volatile Map<String, ScramCredential> durable = Map.of();

    /**
     * @param configured by {@link ScramCredential#rowKey}; they win
     */
    DurableCredentials(SecurityRows rows, Map<String, ScramCredential> configured) {
        this.rows = rows;
        this.configured = Map.copyOf(configured);
        rows.read(key -> ScramCredential.userOfRow(key).isPresent(), this::take);
    }

    private void take(Map<String, String> stored) {
        Map<String, ScramCredential> taken = new HashMap<>();
        stored.forEach((key, value) -> taken.put(key, ScramCredential.ofRow(key, value)));
        durable = Map.copyOf(taken);
    }

    @Override
    public Optional<ScramCredential> find(String user, ScramMechanism mechanism) {
        String key;
        try {
            key = ScramCredential.rowKey(user, mechanism);
        } catch (IllegalArgumentException noName) {
            return Optional.empty();
        }
        ScramCredential own = configured.get(key);
        return Optional.ofNullable(own != null ? own : durable.get(key));
    }

    @Override
    public SortedMap<String, List<ScramCredential>> all() {
        SortedMap<String, List<ScramCredential>> byUser = new TreeMap<>();
        durable.forEach((key, credential) -> byUser.computeIfAbsent(
                        ScramCredential.userOfRow(key).orElseThrow(), user -> new ArrayList<>(2))
                .add(credential));
        byUser.values().forEach(list -> list.sort((a, b) -> a.mechanism().compareTo(b.mechanism())));
        return byUser;
    }

    @Override
    public CompletionStage<Void> change(Collection<Change> changes) {
        Map<String, String> put = new HashMap<>();
        List<String> removed = new ArrayList<>();
        for (Change change : changes) {
            String key = ScramCredential.rowKey(change.user(), change.mechanism());
            change.credential()
                    .ifPresentOrElse(credential -> put.put(key, credential.rowValue()), () -> removed.add(key));
        }
        return rows.change(put, removed)
                .thenRun(() -> changes.forEach(change -> log.atInfo()
                        .addKeyValue("user", change.user())
                        .addKeyValue("mechanism", change.mechanism().mechanism())
                        .log(change.credential().isPresent() ? "credential set" : "credential removed")));
    }
}
