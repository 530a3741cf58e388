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

    /** Of a longer key only the beginning is shown. */
    private static final int MAX_KEY_BYTES = 256;

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
        Page page = new Page(json, limit);
        for (Topic topic : listed) {
            if (!page.isFull() && topic.name().compareTo(fromTopic) >= 0) {
                Optional<Place> from = topic.name().equals(fromTopic)
                        ? Optional.of(new Place(Integer.parseInt(place.group(2)), place.group(3)))
                        : Optional.empty();
                fill(page, topic, from);
            }
        }
        return Reply.json(HttpResponseStatus.OK, page.body());
    }

    /** The port's own pages end early where records are large; of these only what is shown is kept. */
    private void fill(Page page, Topic topic, Optional<Place> after) {
        Optional<Place> from = after;
        while (from != null && !page.isFull()) {
            List<Pending> more = schedules
                    .list(topic, from, page.room())
                    .toCompletableFuture()
                    .join();
            more.forEach(page::add);
            from = more.isEmpty() ? null : Optional.of(placeOf(more.get(more.size() - 1)));
        }
    }

    private static Place placeOf(Pending pending) {
        return new Place(pending.partition().partition(), pending.id());
    }

    /** Rows as they are shown, and where they end. One thread. */
    private static final class Page {
        private final ObjectNode body;
        private final ArrayNode rows;
        private final int limit;
        private String last = "";

        Page(JsonMapper json, int limit) {
            this.body = json.createObjectNode();
            this.rows = body.putArray(NAME);
            this.limit = limit;
        }

        boolean isFull() {
            return room() == 0;
        }

        int room() {
            return limit - rows.size();
        }

        void add(Pending pending) {
            byte[] key = pending.record().key();
            byte[] value = pending.record().value();
            ObjectNode row = rows.addObject()
                    .put("topic", pending.partition().topic())
                    .put("partition", pending.partition().partition())
                    .put("id", pending.id())
                    .put("due", Instant.ofEpochMilli(pending.dueMs()).toString())
                    .put("key", key == null ? null : new String(key, 0, Math.min(key.length, MAX_KEY_BYTES), UTF_8))
                    .put("bytes", value == null ? 0 : value.length);
            pending.recurrence()
                    .ifPresent(recurs -> row.put("schedule", recurs.text()).put("timeZone", recurs.zone()));
            last = pending.partition().topic() + '/' + pending.partition().partition() + '/' + pending.id();
        }

        /** Says where to go on if there may be more. */
        String body() {
            if (isFull()) {
                body.put("next", last);
            }
            return body.toString();
        }
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
