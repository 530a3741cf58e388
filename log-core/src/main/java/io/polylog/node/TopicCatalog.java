package io.polylog.node;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Registration;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSettings;
import io.polylog.broker.TopicSpec;
import io.polylog.broker.Topics;
import io.polylog.engine.AlterTopic;
import io.polylog.engine.CreatePartition;
import io.polylog.engine.CreateTopic;
import io.polylog.engine.DeletePartition;
import io.polylog.engine.DeleteRecords;
import io.polylog.engine.DeleteTopic;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.Partition;
import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics as the doors see them: one is visible when the metadata group holds it and all its partitions exist in
 * their home groups. A creation or deletion cut short by a crash is finished by {@link #recover}.
 */
final class TopicCatalog implements Topics {

    private static final Logger log = LoggerFactory.getLogger(TopicCatalog.class);

    private final LocalEngine engine;
    private final TopicRules rules;
    private final PartitionBudget budget;
    private final SettingsCarrier settings;
    private final boolean autoCreate;
    private final Supplier<UUID> topicIds;
    private final VisibleTopics visible;
    private final Map<String, CompletableFuture<Topic>> ensuring = new ConcurrentHashMap<>();

    /**
     * @param defaults what holds for topics that do not say, by the names of topics' settings
     */
    TopicCatalog(
            LocalEngine engine,
            TopicRules rules,
            Map<String, String> defaults,
            boolean autoCreate,
            Supplier<UUID> topicIds) {
        this.engine = engine;
        this.rules = rules;
        this.budget = new PartitionBudget(
                () -> engine.partitions().size(),
                PartitionBudget.allowed(Runtime.getRuntime().maxMemory()));
        this.settings = new SettingsCarrier(engine);
        this.visible = new VisibleTopics(settings, defaults);
        this.autoCreate = autoCreate;
        this.topicIds = topicIds;
    }

    /** Finishes what a crash left half done, and makes all topics visible. Waits; called once, before any door opens. */
    void recover() {
        List<Topic> topics =
                engine.topicsAtOpen().stream().map(visible::underDefaults).toList();
        List<CompletableFuture<?>> pending = new ArrayList<>();
        Map<UUID, Topic> known = new HashMap<>();
        for (Topic topic : topics) {
            known.put(topic.id(), topic);
            pending.add(createMissingPartitions(topic)
                    .thenCompose(done -> settings.catchUp(topic))
                    .toCompletableFuture());
        }
        for (Partition partition : engine.partitions().all()) {
            if (!known.containsKey(partition.id().topicId())) {
                pending.add(deletePartition(partition.id()).toCompletableFuture());
            }
        }
        CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new)).join();
        topics.forEach(visible::add);
    }

    /** From now on other settings hold for topics that do not say; the stage completes when all partitions go by them. */
    CompletionStage<Void> changeDefaults(Map<String, String> defaults) {
        return visible.changeDefaults(defaults);
    }

    @Override
    public Optional<Topic> find(String name) {
        return visible.find(name);
    }

    @Override
    public Optional<Topic> find(UUID id) {
        return visible.find(id);
    }

    @Override
    public Collection<Topic> all() {
        return visible.all();
    }

    @Override
    public TopicSpec validate(TopicSpec spec) {
        TopicSpec checked = rules.check(spec);
        budget.check(checked.partitionCount());
        refuseInternal(spec.name());
        if (visible.find(spec.name()).isPresent()) {
            throw new RefusedException(Refusal.TOPIC_EXISTS, "Topic '" + spec.name() + "' already exists.");
        }
        return checked;
    }

    @Override
    public CompletionStage<Topic> create(TopicSpec spec) {
        try {
            return createWithin(validate(spec));
        } catch (RefusedException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    /** The gateway's own topic of that name, created if need be. */
    CompletionStage<Topic> ensureInternal(TopicSpec spec) {
        return ensureWith(spec.name(), () -> createUnchecked(rules.check(spec)));
    }

    @Override
    public CompletionStage<Topic> ensure(String name) {
        return ensure(TopicSpec.named(name));
    }

    @Override
    public CompletionStage<Topic> ensure(TopicSpec spec) {
        return ensureWith(spec.name(), () -> {
            if (!autoCreate) {
                throw new RefusedException(
                        Refusal.UNKNOWN_TOPIC,
                        "topic " + spec.name() + " does not exist, and automatic creation is off");
            }
            return createWithin(validate(spec));
        });
    }

    @Override
    public CompletionStage<Topic> obtain(TopicSpec spec) {
        return ensureWith(spec.name(), () -> createWithin(validate(spec)));
    }

    private interface Creation {
        CompletionStage<Topic> begin();
    }

    /** Concurrent requests for one name share one creation. */
    private CompletionStage<Topic> ensureWith(String name, Creation creation) {
        Topic existing = visible.find(name).orElse(null);
        if (existing != null) {
            return CompletableFuture.completedFuture(existing);
        }
        CompletableFuture<Topic> mine = new CompletableFuture<>();
        CompletableFuture<Topic> other = ensuring.putIfAbsent(name, mine);
        if (other != null) {
            return other;
        }
        try {
            creation.begin().whenComplete((topic, failure) -> {
                ensuring.remove(name, mine);
                if (failure == null) {
                    mine.complete(topic);
                } else {
                    completeAfterLostRace(name, unwrap(failure), mine);
                }
            });
        } catch (RefusedException refused) {
            ensuring.remove(name, mine);
            completeAfterLostRace(name, refused, mine);
        }
        return mine;
    }

    /** Someone else may have created the topic between the look-up and the attempt. */
    private void completeAfterLostRace(String name, Throwable failure, CompletableFuture<Topic> result) {
        Topic existing = visible.find(name).orElse(null);
        if (existing != null) {
            result.complete(existing);
        } else {
            result.completeExceptionally(failure);
        }
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
    }

    private CompletionStage<Topic> createWithin(TopicSpec spec) {
        return budget.spend(spec.partitionCount(), () -> createUnchecked(spec));
    }

    private CompletionStage<Topic> createUnchecked(TopicSpec spec) {
        return engine.metadata()
                .propose(new CreateTopic(topicIds.get(), spec.name(), spec.partitionCount(), spec.config()))
                .thenApply(visible::underDefaults)
                .thenCompose(topic -> createPartitions(topic, 0).thenCompose(done -> {
                    log.atInfo()
                            .addKeyValue("topic", topic.name())
                            .addKeyValue("partitions", topic.partitionCount())
                            .log("topic created");
                    return visible.add(topic);
                }));
    }

    @Override
    public CompletionStage<Void> delete(String name) {
        Topic topic = visible.find(name).orElse(null);
        if (topic == null) {
            return unknown(name);
        }
        if (topic.internal()) {
            return CompletableFuture.failedFuture(internal(name));
        }
        return engine.metadata().propose(new DeleteTopic(topic.id())).thenCompose(deleted -> {
            visible.remove(topic);
            List<CompletableFuture<?>> pending = new ArrayList<>();
            for (TopicPartition partition : Topics.partitions(deleted)) {
                pending.add(deletePartition(partition).toCompletableFuture());
            }
            return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
                    .thenRun(() -> {
                        log.atInfo().addKeyValue("topic", name).log("topic deleted");
                        visible.tellDeleted(deleted);
                    });
        });
    }

    @Override
    public CompletionStage<Topic> grow(String name, int partitionCount) {
        Topic topic = visible.find(name).orElse(null);
        if (topic == null) {
            return unknown(name);
        }
        try {
            refuseInternal(name);
            rules.checkPartitionCount(partitionCount);
            return budget.spend(
                    Math.max(0, partitionCount - topic.partitionCount()), () -> grow(topic, partitionCount));
        } catch (RefusedException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private CompletionStage<Topic> grow(Topic topic, int partitionCount) {
        return engine.metadata()
                .propose(new AlterTopic(topic.id(), partitionCount, topic.config()))
                .thenApply(visible::underDefaults)
                .thenCompose(grown -> createPartitions(grown, topic.partitionCount())
                        .thenCompose(done -> {
                            log.atInfo()
                                    .addKeyValue("topic", topic.name())
                                    .addKeyValue("partitions", partitionCount)
                                    .log("topic grown");
                            return visible.replace(grown);
                        }));
    }

    @Override
    public CompletionStage<Topic> configure(String name, Map<String, String> config) {
        Topic topic = visible.find(name).orElse(null);
        if (topic == null) {
            return unknown(name);
        }
        Map<String, String> canonical;
        try {
            canonical = TopicSettings.canonical(config);
        } catch (RefusedException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        return engine.metadata()
                .propose(new AlterTopic(topic.id(), topic.partitionCount(), canonical))
                .thenApply(visible::underDefaults)
                .thenCompose(changed -> settings.bring(changed).thenCompose(done -> {
                    log.atInfo()
                            .addKeyValue("topic", name)
                            .addKeyValue("settings", changed.config())
                            .log("topic settings changed");
                    return visible.replace(changed);
                }));
    }

    @Override
    public CompletionStage<Long> deleteRecords(TopicPartition partition, long offset) {
        try {
            refuseInternal(partition.topic());
        } catch (RefusedException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        return engine.home(partition.topicId(), partition.partition())
                .propose(new DeleteRecords(
                        partition.topicId(),
                        partition.partition(),
                        offset == EVERY_RECORD ? DeleteRecords.ALL : offset));
    }

    @Override
    public Registration listen(Listener listener) {
        return visible.listen(listener);
    }

    private CompletionStage<Void> createPartitions(Topic topic, int from) {
        List<CompletableFuture<?>> pending = new ArrayList<>();
        for (int partition = from; partition < topic.partitionCount(); partition++) {
            pending.add(createPartition(topic, partition));
        }
        return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> createMissingPartitions(Topic topic) {
        List<CompletableFuture<?>> pending = new ArrayList<>();
        for (int partition = 0; partition < topic.partitionCount(); partition++) {
            if (engine.partitions().find(topic.id(), partition) == null) {
                pending.add(createPartition(topic, partition));
            }
        }
        return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Boolean> createPartition(Topic topic, int partition) {
        return engine.home(topic.id(), partition)
                .propose(new CreatePartition(topic.id(), topic.name(), partition))
                .thenCompose(made -> settings.bringNew(topic, partition))
                .toCompletableFuture();
    }

    private CompletionStage<Boolean> deletePartition(TopicPartition partition) {
        return engine.home(partition.topicId(), partition.partition())
                .propose(new DeletePartition(partition.topicId(), partition.partition()));
    }

    private static void refuseInternal(String name) {
        if (name.startsWith("__")) {
            throw internal(name);
        }
    }

    private static RefusedException internal(String name) {
        return new RefusedException(
                Refusal.INTERNAL_TOPIC, "topic names that begin with __ belong to the gateway: " + name);
    }

    private static <T> CompletionStage<T> unknown(String name) {
        return CompletableFuture.failedFuture(new RefusedException(Refusal.UNKNOWN_TOPIC, "there is no topic " + name));
    }
}
