package io.polylog.share;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
            } else {
                stage.completeExceptionally(failed);
            }
        }
    }

    /** Remembers the failure; the part still has to be {@link #done}. */
    void failed(Throwable cause) {
        failure.compareAndSet(null, cause);
    }
}
