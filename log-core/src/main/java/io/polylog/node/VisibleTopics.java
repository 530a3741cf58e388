package io.polylog.node;

import io.polylog.broker.Registration;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics that doors see, under the settings that the gateway gives to those that do not say, and who hears of changes. Any
 * thread; changes are told in the order in which they are made.
 */
final class VisibleTopics {

    private static final Logger log = LoggerFactory.getLogger(VisibleTopics.class);

    private final SettingsCarrier settings;
    private final Map<String, Topic> byName = new ConcurrentHashMap<>();
    private final Map<UUID, Topic> byId = new ConcurrentHashMap<>();
    private final List<Topics.Listener> listeners = new CopyOnWriteArrayList<>();
    private Map<String, String> defaults; // guarded by this

    VisibleTopics(SettingsCarrier settings, Map<String, String> defaults) {
        this.settings = settings;
        this.defaults = Map.copyOf(defaults);
    }

    /** The topic as it is under the defaults of now. */
    synchronized Topic underDefaults(Topic topic) {
        return topic.under(defaults);
    }

    /** From now on other settings hold for topics that do not say; the stage completes when all partitions go by them. */
    synchronized CompletionStage<Void> changeDefaults(Map<String, String> wanted) {
        defaults = Map.copyOf(wanted);
        List<CompletableFuture<?>> pending = new ArrayList<>();
        for (Topic topic : byName.values()) {
            pending.add(add(topic).toCompletableFuture());
        }
        return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new));
    }

    /**
     * Shows a topic under the defaults of now. Its partitions have been told of it as it is given here; if that is not how it is
     * now they are told again before the stage completes.
     */
    synchronized CompletionStage<Topic> add(Topic topic) {
        Topic shown = topic.under(defaults);
        byId.put(shown.id(), shown);
        byName.put(shown.name(), shown);
        tell(listener -> listener.changed(shown));
        return SettingsCarrier.differ(shown, topic)
                ? settings.bring(shown).thenApply(done -> shown)
                : CompletableFuture.completedFuture(shown);
    }

    /** As {@link #add}, for a topic that has changed; one that was removed meanwhile stays so. */
    synchronized CompletionStage<Topic> replace(Topic topic) {
        return byId.containsKey(topic.id()) ? add(topic) : CompletableFuture.completedFuture(topic);
    }

    /** Whoever looks does not find it any more; {@link #tellDeleted} follows. */
    synchronized void remove(Topic topic) {
        byId.remove(topic.id());
        byName.remove(topic.name());
    }

    void tellDeleted(Topic topic) {
        tell(listener -> listener.deleted(topic));
    }

    Optional<Topic> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Optional<Topic> find(UUID id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** By name. */
    Collection<Topic> all() {
        return byName.values().stream()
                .sorted(Comparator.comparing(Topic::name))
                .toList();
    }

    Registration listen(Topics.Listener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private void tell(Consumer<Topics.Listener> news) {
        for (Topics.Listener listener : listeners) {
            try {
                news.accept(listener);
            } catch (RuntimeException failure) { // one listener's fault must not keep the others from hearing
                log.atError().setCause(failure).log("a topic listener failed");
            }
        }
    }
}
