package io.polylog.node;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.RetainValue;
import io.polylog.session.Retained;
import io.polylog.session.RetainedStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads retained values where they are kept, and where they are still on their way there: the outboxes are looked at first,
 * so that what moves meanwhile is seen in one place or the other. Any thread.
 */
final class RetainedMessages implements RetainedStore {

    private final LocalEngine engine;
    private final Executor workers;

    RetainedMessages(LocalEngine engine, Executor workers) {
        this.engine = engine;
        this.workers = workers;
    }

    @Override
    public CompletionStage<Optional<Retained>> find(String name) {
        return onWorker(() -> {
            int group = engine.homes().of(name);
            RetainValue waiting = engine.retainedOnTheirWay(group).get(name);
            return newer(engine.retained(group).find(name).orElse(null), waiting);
        });
    }

    @Override
    public CompletionStage<Page> scan(String prefix, Place from, int maxValues, int maxBytes) {
        return onWorker(() -> {
            Map<String, RetainValue> waiting = new HashMap<>(engine.retainedOnTheirWay(from.group()));
            List<Retained> kept = engine.retained(from.group()).scan(prefix, from.after(), maxValues, maxBytes);
            List<Retained> values = new ArrayList<>();
            for (Retained value : kept) {
                newer(value, waiting.remove(value.name())).ifPresent(values::add);
            }
            if (from.after().isEmpty()) { // names that are not kept yet come with the first page
                for (RetainValue value : waiting.values()) {
                    if (value.name().startsWith(prefix)
                            && engine.retained(from.group()).find(value.name()).isEmpty()) {
                        newer(null, value).ifPresent(values::add);
                    }
                }
            }
            return new Page(values, next(from, kept));
        });
    }

    private Optional<Place> next(Place from, List<Retained> kept) {
        if (!kept.isEmpty()) {
            return Optional.of(new Place(from.group(), kept.get(kept.size() - 1).name()));
        }
        return from.group() < engine.homes().dataGroups()
                ? Optional.of(new Place(from.group() + 1, ""))
                : Optional.empty();
    }

    /** The later of what is kept and what is on its way; of one partition the higher offset. */
    private static Optional<Retained> newer(@Nullable Retained kept, @Nullable RetainValue waiting) {
        if (waiting == null) {
            return Optional.ofNullable(kept);
        }
        if (kept != null
                && kept.partition().topicId().equals(waiting.topicId())
                && kept.partition().partition() == waiting.partition()
                && kept.stored().offset() >= waiting.offset()) {
            return Optional.of(kept);
        }
        return waiting.clears() ? Optional.empty() : Optional.of(waiting.retained());
    }

    private <T> CompletionStage<T> onWorker(Supplier<T> read) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                try {
                    result.complete(read.get());
                } catch (RuntimeException failure) {
                    result.completeExceptionally(failure);
                }
            });
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(
                    new RefusedException(Refusal.OVERLOADED, "too many reads are waiting, or the gateway is stopping"));
        }
        return result;
    }
}
