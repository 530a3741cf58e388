package io.polylog.share;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.broker.Topic;
import io.polylog.fake.ManualExecutor;
import io.polylog.share.ShareGroups.StartAt;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A consumer in a share group that remembers what it was given. */
final class Worker implements ShareListener {

    final ManualExecutor owner = new ManualExecutor();
    final List<Acquired> held = new ArrayList<>();
    Optional<String> ended = Optional.empty();
    private final CompletableFuture<ShareConsumer> joined;

    Worker(ShareGroups groups, String groupId, Topic topic, StartAt startAt) {
        this(groups, groupId, topic, JoinOptions.from(startAt));
    }

    Worker(ShareGroups groups, String groupId, Topic topic, JoinOptions options) {
        joined = groups.join(groupId, topic, options, owner, this).toCompletableFuture();
    }

    boolean hasJoined() {
        return joined.isDone() && !joined.isCompletedExceptionally();
    }

    CompletableFuture<ShareConsumer> joining() {
        return joined;
    }

    ShareConsumer consumer() {
        if (!joined.isDone()) {
            throw new AssertionError("not joined yet");
        }
        return joined.join();
    }

    @Override
    public void acquired(List<Acquired> records) {
        if (!owner.isRunning()) {
            throw new AssertionError("not on the owner");
        }
        held.addAll(records);
    }

    @Override
    public void ended(String reason) {
        ended = Optional.of(reason);
    }

    List<String> values() {
        return held.stream()
                .map(acquired ->
                        new String(Objects.requireNonNull(acquired.record().value()), UTF_8))
                .toList();
    }

    List<Acquired> takeAll() {
        List<Acquired> taken = List.copyOf(held);
        held.clear();
        return taken;
    }
}
