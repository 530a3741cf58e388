package io.polylog.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.schedule.Pending;
import io.polylog.schedule.Schedules;
import io.polylog.schedule.Schedules.Place;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Messages that wait for their time: {@code GET /schedules}, {@code GET /schedules/{topic}} in pages, and
 * {@code DELETE /schedules/{topic}/{id}}. Any thread.
 */
final class ScheduleResource implements Resource {

    private static final String NAME = "schedules";

    private static final int DEFAULT_PAGE = 100;
    private static final int MAX_PAGE = 1000;

    /** Topic, partition and id of the last one of a page; topics have no slash in their names. */
    private static final Pattern PLACE = Pattern.compile("([^/]+)/(\\d{1,9})/(.+)", Pattern.DOTALL);

    private final Topics topics;
    private final Schedules schedules;
    private final Gatherer gatherer = new Gatherer();
    private final JsonMapper json = JsonMapper.builder().build();

    ScheduleResource(Topics topics, Schedules schedules) {
        this.topics = topics;
        this.schedules = schedules;
    }

    @Override
    public boolean covers(RequestTarget target) {
        return target.segments().get(0).equals(NAME) && target.segments().size() <= 3;
    }

    @Override
    public String allowed(RequestTarget target) {
        return target.segments().size() == 3 ? "DELETE" : "GET, HEAD";
    }

    @Override
    public CompletionStage<Reply> answer(RequestTarget target) {
        List<String> segments = target.segments();
        if (segments.size() == 3) {
            return cancel(segments.get(1), segments.get(2));
        }
        return gatherer.gather(
                () -> list(segments.size() == 1 ? Optional.empty() : Optional.of(segments.get(1)), target));
    }

    private CompletionStage<Reply> cancel(String name, String id) {
        Optional<Topic> topic = topics.find(name);
        if (topic.isEmpty()) {
            return CompletableFuture.completedFuture(unknown(name));
        }
        return schedules
                .cancel(topic.get(), id)
                .thenApply(answer -> switch (answer) {
                    case CANCELLED -> said(HttpResponseStatus.OK, "cancelled");
                    case TOO_LATE -> said(HttpResponseStatus.CONFLICT, "too late");
                    case NOT_FOUND -> said(HttpResponseStatus.NOT_FOUND, "not found");
                })
                .exceptionally(failure -> Reply.sentence(
                        HttpResponseStatus.SERVICE_UNAVAILABLE, "It could not be cancelled now; try again later."));
    }

    private Reply list(Optional<String> name, RequestTarget target) {
        Optional<String> asked = target.parameter("limit");
        Optional<String> after = target.parameter("after");
        Matcher place = PLACE.matcher(after.orElse(""));
        boolean limitIsWrong = asked.isPresent() && !asked.get().matches("[1-9]\\d{0,3}");
        if (limitIsWrong || (after.isPresent() && !place.matches())) {
            return Reply.sentence(
                    HttpResponseStatus.BAD_REQUEST,
                    "limit is a number from 1 to " + MAX_PAGE + "; after is what an earlier answer says under next.");
        }
        int limit = Math.min(MAX_PAGE, asked.map(Integer::parseInt).orElse(DEFAULT_PAGE));
        Collection<Topic> listed = topics.all();
        if (name.isPresent()) {
            Optional<Topic> topic = topics.find(name.get());
            if (topic.isEmpty()) {
                return unknown(name.get());
            }
            listed = List.of(topic.get());
        }
        String fromTopic = after.isPresent() ? place.group(1) : "";
        List<Pending> found = new ArrayList<>();
        for (Topic topic : listed) {
            if (found.size() < limit && topic.name().compareTo(fromTopic) >= 0) {
                Optional<Place> from = topic.name().equals(fromTopic)
                        ? Optional.of(new Place(Integer.parseInt(place.group(2)), place.group(3)))
                        : Optional.empty();
                found.addAll(page(topic, from, limit - found.size()));
            }
        }
        return Reply.json(
                HttpResponseStatus.OK, body(found, found.size() == limit).toString());
    }

    /** Up to that many of one topic; the port's own pages end earlier where records are large. */
    private List<Pending> page(Topic topic, Optional<Place> after, int limit) {
        List<Pending> found = new ArrayList<>();
        Optional<Place> from = after;
        while (found.size() < limit) {
            List<Pending> more = schedules
                    .list(topic, from, limit - found.size())
                    .toCompletableFuture()
                    .join();
            if (more.isEmpty()) {
                break;
            }
            found.addAll(more);
            Pending last = more.get(more.size() - 1);
            from = Optional.of(new Place(last.partition().partition(), last.id()));
        }
        return found;
    }

    private ObjectNode body(List<Pending> found, boolean full) {
        ObjectNode body = json.createObjectNode();
        ArrayNode rows = body.putArray(NAME);
        for (Pending pending : found) {
            byte[] key = pending.record().key();
            byte[] value = pending.record().value();
            ObjectNode row = rows.addObject()
                    .put("topic", pending.partition().topic())
                    .put("partition", pending.partition().partition())
                    .put("id", pending.id())
                    .put("due", Instant.ofEpochMilli(pending.dueMs()).toString())
                    .put("key", key == null ? null : new String(key, UTF_8))
                    .put("bytes", value == null ? 0 : value.length);
            pending.recurrence()
                    .ifPresent(recurs -> row.put("schedule", recurs.text()).put("timeZone", recurs.zone()));
        }
        if (full) {
            Pending last = found.get(found.size() - 1);
            body.put("next", last.partition().topic() + '/' + last.partition().partition() + '/' + last.id());
        }
        return body;
    }

    private static Reply unknown(String topic) {
        return Reply.sentence(HttpResponseStatus.NOT_FOUND, "There is no topic " + topic + ".");
    }

    private Reply said(HttpResponseStatus status, String answer) {
        return Reply.json(status, json.createObjectNode().put("answer", answer).toString());
    }

    @Override
    public void close() {
        gatherer.close();
    }
}
