package io.polylog.fake;

import io.polylog.broker.Registration;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.broker.Topics;
import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Topics in a map, changed by the test; who listens hears of it at once. */
public final class FakeTopics implements Topics {

    private final Map<String, Topic> topics = new TreeMap<>();
    private final List<Listener> listeners = new ArrayList<>();
    private Function<TopicSpec, CompletionStage<Topic>> onObtain =
            spec -> CompletableFuture.failedStage(new UnsupportedOperationException());

    public Topic add(String name, int partitionCount) {
        return add(name, partitionCount, Map.of());
    }

    public Topic add(String name, int partitionCount, Map<String, String> config) {
        Topic topic =
                new Topic(UUID.nameUUIDFromBytes(new byte[] {(byte) topics.size()}), name, partitionCount, config);
        topics.put(name, topic);
        List.copyOf(listeners).forEach(listener -> listener.changed(topic));
        return topic;
    }

    /** What becomes of a topic that is asked for and does not exist. */
    public void onObtain(Function<TopicSpec, CompletionStage<Topic>> made) {
        onObtain = made;
    }

    /** Replaces a topic by a later state of it. */
    public void change(Topic topic) {
        topics.put(topic.name(), topic);
        List.copyOf(listeners).forEach(listener -> listener.changed(topic));
    }

    public void remove(String name) {
        Topic topic = topics.remove(name);
        List.copyOf(listeners).forEach(listener -> listener.deleted(topic));
    }

    @Override
    public Optional<Topic> find(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    @Override
    public Optional<Topic> find(UUID id) {
        return topics.values().stream().filter(topic -> topic.id().equals(id)).findFirst();
    }

    @Override
    public Collection<Topic> all() {
        return List.copyOf(topics.values());
    }

    @Override
    public Registration listen(Listener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public CompletionStage<Topic> create(TopicSpec spec) {
        return CompletableFuture.failedStage(new UnsupportedOperationException());
    }

    @Override
    public TopicSpec validate(TopicSpec spec) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Topic> ensure(String name) {
        return CompletableFuture.failedStage(new UnsupportedOperationException());
    }

    @Override
    public CompletionStage<Topic> ensure(TopicSpec spec) {
        return CompletableFuture.failedStage(new UnsupportedOperationException());
    }

    @Override
    public CompletionStage<Topic> obtain(TopicSpec spec) {
        return find(spec.name())
                .<CompletionStage<Topic>>map(CompletableFuture::completedStage)
                .orElseGet(() -> onObtain.apply(spec));
    }

    @Override
    public CompletionStage<Void> delete(String name) {
        remove(name);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<Topic> grow(String name, int partitionCount) {
        return CompletableFuture.failedStage(new UnsupportedOperationException());
    }

    @Override
    public CompletionStage<Long> deleteRecords(TopicPartition partition, long offset) {
        return CompletableFuture.failedStage(new UnsupportedOperationException());
    }

    @Override
    public CompletionStage<Topic> configure(String name, Map<String, String> config) {
        return CompletableFuture.failedStage(new UnsupportedOperationException());
    }
}
