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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What each path answers. Called on event loops, which it never holds up. Shared by all connections of the listener and closed
 * with it.
 */
final class Responder implements AutoCloseable {

    private static final String READ = "GET, HEAD"; // RFC 9110 §9.1: both or neither

    private static final Reply FAILED = Reply.json(
            HttpResponseStatus.SERVICE_UNAVAILABLE,
            "{\"status\":\"failed\",\"writes\":\"refused: the journal failed, start the gateway again\"}");

    private final Meters meters;
    private final Readiness readiness;
    private final Reports reports;
    private final JsonMapper json = JsonMapper.builder().build();
    private final Gatherer gatherer = new Gatherer();
    private final List<Resource> resources;

    Responder(Meters meters, Readiness readiness, Reports reports, List<Resource> resources) {
        this.meters = meters;
        this.readiness = readiness;
        this.reports = reports;
        this.resources = List.copyOf(resources);
    }

    /** The methods of what is at a path, such as {@code GET, HEAD}; empty if nothing is. */
    String allowed(RequestTarget target) {
        return switch (target.path()) {
            case "/health/live", "/health/ready", "/metrics" -> READ;
            default ->
                resource(target).map(resource -> resource.allowed(target)).orElse(isReport(target) ? READ : "");
        };
    }

    /** Whether what is at a path is only for those who are on this machine. */
    boolean isPrivate(RequestTarget target) {
        return resource(target).isPresent() || isReport(target);
    }

    private Optional<Resource> resource(RequestTarget target) {
        return resources.stream().filter(resource -> resource.covers(target)).findFirst();
    }

    /** Whether a part of the gateway says something about itself at that path. */
    private boolean isReport(RequestTarget target) {
        return target.segments().size() == 1
                && reports.names().contains(target.segments().get(0));
    }

    /** The answer to a request whose method is {@linkplain #allowed}; never fails, and completes on any thread. */
    CompletionStage<Reply> answer(RequestTarget target) {
        return switch (target.path()) {
            case "/health/live" -> CompletableFuture.completedFuture(live());
            case "/health/ready" -> CompletableFuture.completedFuture(ready());
            case "/metrics" -> metrics();
            default ->
                resource(target)
                        .map(resource -> resource.answer(target))
                        .orElseGet(() ->
                                isReport(target) ? report(target.segments().get(0)) : nothing());
        };
    }

    private static CompletionStage<Reply> nothing() {
        return CompletableFuture.completedFuture(Reply.sentence(
                HttpResponseStatus.NOT_FOUND,
                "Nothing is at this path; there are /health/live, /health/ready, /metrics and /schedules."));
    }

    private CompletionStage<Reply> report(String name) {
        return gatherer.gather(() -> {
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
        return gatherer.gather(() -> new Reply(HttpResponseStatus.OK, exposition.contentType(), exposition.scrape()));
    }

    @Override
    public void close() {
        resources.forEach(Resource::close);
        gatherer.close();
    }
}
