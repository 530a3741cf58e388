package io.polylog.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread for answers that take a while to put together, which exists only while somebody asks. Any thread. */
final class Gatherer implements AutoCloseable {

    /** Requests that may wait for the one under way; beyond that 503. */
    static final int MAX_WAITING = 16;

    private static final int KEEP_SECONDS = 5;

    private static final Logger log = LoggerFactory.getLogger(Gatherer.class);

    private final ThreadPoolExecutor thread;

    Gatherer() {
        this.thread = new ThreadPoolExecutor(
                1, 1, KEEP_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
                    Thread made = new Thread(task, "polylog-http-answers");
                    made.setDaemon(true);
                    return made;
                });
        thread.allowCoreThreadTimeOut(true);
    }

    /** The answer once it is put together; 500 if that fails, 503 if too many wait. */
    CompletionStage<Reply> gather(Supplier<Reply> answer) {
        try {
            return CompletableFuture.supplyAsync(answer, thread).exceptionally(failure -> {
                log.atError().setCause(failure).log("an answer could not be put together");
                return Reply.sentence(
                        HttpResponseStatus.INTERNAL_SERVER_ERROR, "What this path shows could not be gathered.");
            });
        } catch (RejectedExecutionException full) {
            return CompletableFuture.completedFuture(Reply.sentence(
                    HttpResponseStatus.SERVICE_UNAVAILABLE, "Too many requests are waiting; try again later."));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
