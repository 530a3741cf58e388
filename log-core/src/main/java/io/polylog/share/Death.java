package io.polylog.share;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.record.Headers;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * One way in which a record became a dead letter. A record's deaths are in its header {@value #HEADER}, the latest first,
 * one for each queue and reason: lines of reason, count, first and last time, and the percent-encoded queue, exchange and
 * routing key, separated by spaces. The doors show them in the words of their protocols.
 *
 * @param queue queue from which it was removed, as clients address it
 * @param count how often
 * @param firstMs when first, milliseconds since the Unix epoch
 * @param lastMs when last
 * @param exchange exchange that it was published to; empty for the default one
 */
public record Death(
        String queue, Reason reason, long count, long firstMs, long lastMs, String exchange, String routingKey) {

    public static final String HEADER = "polylog-deaths";

    /** Deaths that are kept: a count. Somebody lets a record go in circles beyond that. */
    private static final int MAX_KEPT = 32;

    private static final int FIELDS = 7;

    /** Why a record cannot be delivered. */
    public enum Reason {
        /** A consumer said so. */
        REJECTED,
        /** Its time-to-live was over. */
        EXPIRED,
        /** The queue had no room for it. */
        MAXLEN,
        /** Delivery failed too often. */
        DELIVERY_LIMIT;

        /** As users know it: {@code rejected}, {@code delivery_limit}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Death {
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(exchange, "exchange");
        Objects.requireNonNull(routingKey, "routingKey");
    }

    /** The deaths of a record, the latest first; what cannot be read is left out, since anybody may write a header. */
    public static List<Death> of(Headers headers) {
        return headers.lastText(HEADER)
                .orElse("")
                .lines()
                .limit(MAX_KEPT)
                .flatMap(Death::read)
                .toList();
    }

    private static Stream<Death> read(String line) {
        String[] fields = line.split(" ", -1);
        if (fields.length != FIELDS) {
            return Stream.empty();
        }
        try {
            return Stream.of(new Death(
                    URLDecoder.decode(fields[4], UTF_8),
                    Reason.valueOf(fields[0].toUpperCase(Locale.ROOT)),
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[2]),
                    Long.parseLong(fields[3]),
                    URLDecoder.decode(fields[5], UTF_8),
                    URLDecoder.decode(fields[6], UTF_8)));
        } catch (IllegalArgumentException notOurs) { // a number that is none is one too
            return Stream.empty();
        }
    }

    /** The deaths with one more of this kind, which comes first. */
    static List<Death> add(List<Death> before, Death latest) {
        List<Death> deaths = new ArrayList<>();
        deaths.add(latest);
        for (Death death : before) {
            if (death.queue.equals(latest.queue) && death.reason == latest.reason) {
                deaths.set(
                        0,
                        new Death(
                                latest.queue,
                                latest.reason,
                                death.count + latest.count,
                                death.firstMs,
                                latest.lastMs,
                                latest.exchange,
                                latest.routingKey));
            } else if (deaths.size() < MAX_KEPT) {
                deaths.add(death);
            }
        }
        return deaths;
    }

    static String header(List<Death> deaths) {
        StringBuilder text = new StringBuilder();
        for (Death death : deaths) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append(death.reason.text())
                    .append(' ')
                    .append(death.count)
                    .append(' ')
                    .append(death.firstMs)
                    .append(' ')
                    .append(death.lastMs)
                    .append(' ')
                    .append(URLEncoder.encode(death.queue, UTF_8))
                    .append(' ')
                    .append(URLEncoder.encode(death.exchange, UTF_8))
                    .append(' ')
                    .append(URLEncoder.encode(death.routingKey, UTF_8));
        }
        return text.toString();
    }
}
