package io.polylog.share;

import io.polylog.broker.RefusedException;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One reply for several parts: completes when every part is done, with the first failure if there was one. It begins
 * with one part, that of whoever adds the others. Any thread.
 */
final class Gathering {

    private final CompletableFuture<Void> stage = new CompletableFuture<>();
    private final AtomicInteger open = new AtomicInteger(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Queue<Acquired> notSettled = new ConcurrentLinkedQueue<>();

    CompletionStage<Void> stage() {
        return stage;
    }

    void expect() {
        open.incrementAndGet();
    }

    void done() {
        if (open.decrementAndGet() == 0) {
            Throwable failed = failure.get();
            if (failed == null) {
                stage.complete(null);
            } else if (failed instanceof RefusedException refused && !notSettled.isEmpty()) {
                stage.completeExceptionally(new NotSettledException(
                        refused.refusal(), String.valueOf(refused.getMessage()), List.copyOf(notSettled)));
            } else {
                stage.completeExceptionally(failed);
            }
        }
    }

    /** Remembers the failure; the part still has to be {@link #done}. */
    void failed(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    /** Remembers that records could not be settled; the part still has to be {@link #done}. */
    void notSettled(Collection<Acquired> records, Throwable cause) {
        notSettled.addAll(records);
        failed(cause);
    }
}
