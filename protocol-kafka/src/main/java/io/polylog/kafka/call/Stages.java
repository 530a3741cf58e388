package io.polylog.kafka.call;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Joins the parts of a request that are worked on side by side. */
public final class Stages {

    private Stages() {}

    /** Does it now; what it throws fails the stage. */
    public static CompletionStage<?> of(Runnable action) {
        try {
            action.run();
            return CompletableFuture.completedFuture(true);
        } catch (RuntimeException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    /** The results in the order of the stages; fails if one of them does. */
    public static <T> CompletionStage<List<T>> all(List<? extends CompletionStage<T>> stages) {
        List<CompletableFuture<T>> futures =
                stages.stream().map(CompletionStage::toCompletableFuture).toList();
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
    }
}
