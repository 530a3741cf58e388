package io.polylog.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.polylog.broker.Writes;
import io.polylog.metric.MeterExposition;
import io.polylog.metric.Meters;
import io.polylog.spi.Readiness;
import io.polylog.spi.Reports;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each path answers. Called on event loops, which it never holds up: metrics and reports are gathered on a thread
 * that exists only while somebody asks, since reading every gauge takes a while. Shared by all connections of the listener and
 * closed with it.
 */
final class Responder implements AutoCloseable {

    /** Scrapes that may wait for the one under way; beyond that 503. */
    static final int MAX_WAITING_SCRAPES = 16;

    private static final Reply FAILED = Reply.json(
            HttpResponseStatus.SERVICE_UNAVAILABLE,
            "{\"status\":\"failed\",\"writes\":\"refused: the journal failed, start the gateway again\"}");

    private static final Logger log = LoggerFactory.getLogger(Responder.class);

    private final Meters meters;
    private final Readiness readiness;
    private final Reports reports;
    private final JsonMapper json = JsonMapper.builder().build();
    private final ThreadPoolExecutor scraper;

    Responder(Meters meters, Readiness readiness, Reports reports) {
        this.meters = meters;
        this.readiness = readiness;
        this.reports = reports;
        this.scraper = new ThreadPoolExecutor(
                1, 1, 5, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING_SCRAPES), task -> {
                    Thread thread = new Thread(task, "polylog-metrics");
                    thread.setDaemon(true);
                    return thread;
                });
        scraper.allowCoreThreadTimeOut(true);
    }

    /** Whether there is something to see at that path. */
    boolean knows(String path) {
        return switch (path) {
            case "/health/live", "/health/ready", "/metrics" -> true;
            default -> isReport(path);
        };
    }

    /** Whether a part of the gateway says something about itself at that path. */
    boolean isReport(String path) {
        return path.startsWith("/") && reports.names().contains(path.substring(1));
    }

    /** The answer for a path; never fails, and completes on whatever thread found it. */
    CompletionStage<Reply> get(String path) {
        return switch (path) {
            case "/health/live" -> CompletableFuture.completedFuture(live());
            case "/health/ready" -> CompletableFuture.completedFuture(ready());
            case "/metrics" -> metrics();
            default ->
                isReport(path)
                        ? report(path.substring(1))
                        : CompletableFuture.completedFuture(Reply.sentence(
                                HttpResponseStatus.NOT_FOUND,
                                "Nothing is at this path; there are /health/live, /health/ready and /metrics."));
        };
    }

    private CompletionStage<Reply> report(String name) {
        return gathered(() -> {
            try {
                return Reply.json(
                        HttpResponseStatus.OK,
                        json.writeValueAsString(reports.rows(name).orElse(List.of())));
            } catch (JsonProcessingException impossible) { // text only
                throw new IllegalStateException(impossible);
            }
        });
    }

    /** Only a new start brings a journal back that has failed: what a supervisor does about a process that is not live. */
    private Reply live() {
        return readiness.writes() == Writes.STORAGE_FAILED
                ? FAILED
                : Reply.json(HttpResponseStatus.OK, "{\"status\":\"live\"}");
    }

    private Reply ready() {
        return switch (readiness.state()) {
            case STARTING -> Reply.json(HttpResponseStatus.SERVICE_UNAVAILABLE, "{\"status\":\"starting\"}");
            case READY -> readyForWhat();
            case STOPPING -> Reply.json(HttpResponseStatus.SERVICE_UNAVAILABLE, "{\"status\":\"stopping\"}");
        };
    }

    /** A full disk refuses writes for a while, and serves readers all the same. */
    private Reply readyForWhat() {
        return switch (readiness.writes()) {
            case ACCEPTED -> Reply.json(HttpResponseStatus.OK, "{\"status\":\"ready\"}");
            case DISK_FULL ->
                Reply.json(HttpResponseStatus.OK, "{\"status\":\"ready\",\"writes\":\"refused: disk full\"}");
            case STORAGE_FAILED -> FAILED;
        };
    }

    private CompletionStage<Reply> metrics() {
        if (!(meters instanceof MeterExposition exposition)) {
            return CompletableFuture.completedFuture(
                    Reply.sentence(HttpResponseStatus.NOT_FOUND, "This gateway collects no metrics."));
        }
        return gathered(() -> new Reply(HttpResponseStatus.OK, exposition.contentType(), exposition.scrape()));
    }

    private CompletionStage<Reply> gathered(Supplier<Reply> answer) {
        try {
            return CompletableFuture.supplyAsync(answer, scraper).exceptionally(failure -> {
                log.atError().setCause(failure).log("metrics or a report could not be gathered");
                return Reply.sentence(
                        HttpResponseStatus.INTERNAL_SERVER_ERROR, "What this path shows could not be gathered.");
            });
        } catch (RejectedExecutionException full) {
            return CompletableFuture.completedFuture(Reply.sentence(
                    HttpResponseStatus.SERVICE_UNAVAILABLE, "Too many scrapes are waiting; try again later."));
        }
    }

    @Override
    public void close() {
        scraper.shutdownNow();
    }
}
