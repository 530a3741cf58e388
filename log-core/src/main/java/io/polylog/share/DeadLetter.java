package io.polylog.share;

import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The record that stands in the dead-letter topic for one that could not be delivered: key, value, time and headers as they
 * were, but for the time-to-live, which is over or would end it there; and what happened, as readers of each kind look for
 * it: {@code __dlq.errors.*} for Kafka's (KIP-1191), {@code x-death} and {@code x-first-death-*}, {@code x-last-death-*} for
 * RabbitMQ's, {@code x-opt-orig-*} for Artemis', and {@link Death#HEADER} for the doors.
 *
 * @param partition where the record stands
 * @param queue the ledger's queue, as clients address it
 * @param failures failed deliveries in this group
 */
record DeadLetter(
        TopicPartition partition,
        long offset,
        String groupId,
        String queue,
        Death.Reason reason,
        int failures,
        long nowMs) {

    private static final Set<String> REPLACED = Set.of(
            "expires-at",
            "__dlq.errors.topic",
            "__dlq.errors.partition",
            "__dlq.errors.offset",
            "__dlq.errors.group",
            "__dlq.errors.delivery.count",
            "__dlq.errors.message",
            "x-death",
            "x-last-death-queue",
            "x-last-death-reason",
            "x-last-death-exchange",
            "x-opt-orig-address",
            "x-opt-orig-queue",
            "x-opt-orig-message-id",
            Death.HEADER);

    Record of(Record original) {
        Headers before = original.headers();
        String exchange = before.lastText("amqp.exchange").orElse("");
        String routingKey = before.lastText("amqp.routing-key").orElse(partition.topic());
        List<Death> deaths =
                Death.add(Death.of(before), new Death(queue, reason, 1, nowMs, nowMs, exchange, routingKey));
        Headers.Builder headers = Headers.builder();
        for (Header header : before) {
            if (!REPLACED.contains(header.key())) {
                headers.add(header);
            }
        }
        headers.text("__dlq.errors.topic", partition.topic())
                .text("__dlq.errors.partition", Integer.toString(partition.partition()))
                .text("__dlq.errors.offset", Long.toString(offset))
                .text("__dlq.errors.group", groupId)
                .text("__dlq.errors.delivery.count", Integer.toString(failures))
                .text("__dlq.errors.message", reason.text());
        if (before.last("x-first-death-reason").isEmpty()) {
            headers.text("x-first-death-queue", queue)
                    .text("x-first-death-reason", reason.text())
                    .text("x-first-death-exchange", exchange);
        }
        headers.text("x-last-death-queue", queue)
                .text("x-last-death-reason", reason.text())
                .text("x-last-death-exchange", exchange)
                .text("x-death", json(deaths))
                .text("x-opt-orig-address", partition.topic())
                .text("x-opt-orig-queue", queue);
        before.last("message-id").ifPresent(id -> headers.add(new Header("x-opt-orig-message-id", id.value())));
        headers.text(Death.HEADER, Death.header(deaths));
        return new Record(original.key(), original.value(), original.timestampMs(), headers.build());
    }

    /** Only what happened, and where: the record's own key, value and headers stay behind (KIP-1191). */
    Record without(Record original) {
        return of(new Record(null, null, original.timestampMs(), Headers.EMPTY));
    }

    /** RabbitMQ's table, its time in seconds, as the JSON text that a nested AMQP value is in the log. */
    private static String json(List<Death> deaths) {
        return deaths.stream()
                .map(death -> "{\"count\":" + death.count() + ",\"reason\":\""
                        + death.reason().text() + "\",\"queue\":"
                        + quoted(death.queue()) + ",\"time\":" + death.firstMs() / 1000 + ",\"exchange\":"
                        + quoted(death.exchange()) + ",\"routing-keys\":[" + quoted(death.routingKey()) + "]}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < 0x20) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
