package io.polylog.camel;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for answers of the log, on threads that belong to routes: they may block, the log's own never. */
final class Answers {

    private static final int TIMEOUT_SECONDS = 30;

    private Answers() {}

    /**
     * @throws Exception what the stage failed with, or a {@link TimeoutException}
     */
    static <T> T await(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof Exception cause ? cause : failure;
        } catch (TimeoutException late) {
            throw new TimeoutException("the log did not answer within " + TIMEOUT_SECONDS + " s");
        }
    }
}
