package io.polylog.broker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Lets changes be made one after the other, each when the one before has ended, well or not: for such as read all and write all,
 * of which two at a time would lose one. Any thread.
 */
public final class Turns {

    private CompletionStage<?> last = CompletableFuture.completedFuture("nothing before");

    /** Begins when it is its turn; what {@code change} throws fails the stage. */
    public synchronized <T> CompletionStage<T> take(Supplier<CompletionStage<T>> change) {
        CompletionStage<T> taken =
                last.handle((done, failure) -> "done either way").thenCompose(done -> change.get());
        last = taken;
        return taken;
    }
}
