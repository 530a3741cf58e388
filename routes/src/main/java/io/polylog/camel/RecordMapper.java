package io.polylog.camel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.metric.Meters;
import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.schedule.ScheduleHeaders;
import io.polylog.share.Acquired;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * Records to Camel messages and back. Stateless but for a counter; any thread.
 *
 * <table>
 * <caption>What survives</caption>
 * <tr><th>record</th><th>message, in</th><th>record, out</th></tr>
 * <tr><td>value, null value</td><td>body {@code byte[]}, null</td><td>the body: bytes, text as UTF-8, null a tombstone</td></tr>
 * <tr><td>key</td><td>header {@code CamelPolylogKey}</td><td>the same header</td></tr>
 * <tr><td>timestamp</td><td>header {@code CamelPolylogTimestamp}</td><td>the time of publishing</td></tr>
 * <tr><td>header, UTF-8 or not</td><td>text or {@code byte[]}</td><td>text, numbers, booleans as UTF-8; bytes; others are counted and dropped</td></tr>
 * <tr><td>repeated header</td><td>list</td><td>repeated from any collection</td></tr>
 * <tr><td>headers {@code Camel*}, {@code polylog-*}</td><td colspan="2">hidden and never written, except the scheduling ones</td></tr>
 * <tr><td>{@code polylog-schedule-id}, {@code polylog-scheduled-at}</td><td>headers {@code CamelPolylogScheduleId}, {@code
 * CamelPolylogScheduledAt}</td><td>not passed on</td></tr>
 * </table>
 */
final class RecordMapper {

    private final Meters.Counter dropped;

    RecordMapper(Meters meters) {
        this.dropped =
                meters.counter("polylog_mapping_dropped_total", "from", "routes", "to", "log", "field", "header");
    }

    /** Fills a new message with what was acquired. */
    static void toMessage(Acquired acquired, Message message) {
        Record record = acquired.record();
        message.setBody(record.value());
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            if (header.key().equalsIgnoreCase(ScheduleHeaders.ID)) {
                message.setHeader(PolylogHeaders.SCHEDULE_ID, text(header.value()));
            } else if (header.key().equalsIgnoreCase(ScheduleHeaders.SCHEDULED_AT)) {
                message.setHeader(PolylogHeaders.SCHEDULED_AT, text(header.value()));
            } else if (travels(header.key())) {
                headers.merge(header.key(), text(header.value()), RecordMapper::both);
            }
        }
        headers.forEach(message::setHeader);
        if (record.key() != null) {
            message.setHeader(PolylogHeaders.KEY, text(record.key()));
        }
        message.setHeader(PolylogHeaders.TOPIC, acquired.partition().topic());
        message.setHeader(PolylogHeaders.PARTITION, acquired.partition().partition());
        message.setHeader(PolylogHeaders.OFFSET, acquired.offset());
        message.setHeader(PolylogHeaders.TIMESTAMP, record.timestampMs());
        message.setHeader(PolylogHeaders.FAILURES, acquired.failures());
    }

    private static Object both(Object earlier, Object later) {
        List<Object> list = earlier instanceof List<?> some ? new ArrayList<>(some) : new ArrayList<>(List.of(earlier));
        list.add(later);
        return list;
    }

    /** Text where the bytes are UTF-8, the bytes themselves where not; an absent value counts as empty text. */
    private static Object text(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "";
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException binary) {
            return bytes;
        }
    }

    /**
     * The record that a message stands for.
     *
     * @throws IllegalArgumentException if the body or the key is neither bytes nor text, nor can become either
     */
    Record toRecord(Message message, PolylogEndpoint.Output output, long timestampMs) {
        Headers.Builder headers = Headers.builder();
        message.getHeaders().forEach((name, value) -> {
            if (travels(name)) {
                addHeader(headers, name, value);
            }
        });
        Object cancelled = message.removeHeader(PolylogHeaders.SCHEDULE_CANCEL);
        if (cancelled == null) {
            schedule(message, output, headers);
        } else {
            addHeader(headers, ScheduleHeaders.CANCEL, cancelled);
        }
        Object key = message.getHeader(PolylogHeaders.KEY);
        return new Record(
                bytes(message, key == null ? output.key() : key, "key"),
                cancelled == null ? bytes(message, message.getBody(), "body") : null,
                timestampMs,
                headers.build());
    }

    /** Writes the scheduling headers of the mapping contract, section 4; an output after this one begins afresh. */
    private void schedule(Message message, PolylogEndpoint.Output output, Headers.Builder headers) {
        Object delay = message.removeHeader(PolylogHeaders.DELAY);
        Object deliverAt = message.removeHeader(PolylogHeaders.DELIVER_AT);
        Object chosen = delay == null && deliverAt == null ? output.delay() : delay;
        if (chosen == null && deliverAt == null) {
            return;
        }
        if (chosen != null) {
            addHeader(headers, ScheduleHeaders.DELAY, chosen);
        }
        if (deliverAt != null) {
            addHeader(headers, ScheduleHeaders.DELIVER_AT, deliverAt);
        }
        Object id = message.removeHeader(PolylogHeaders.SCHEDULE_ID);
        if (id != null) {
            addHeader(headers, ScheduleHeaders.ID, id);
        }
    }

    private void addHeader(Headers.Builder headers, String name, @Nullable Object value) {
        if (value instanceof Collection<?> several) {
            several.forEach(one -> addHeader(headers, name, one));
        } else if (value instanceof byte[] bytes) {
            headers.add(new Header(name, bytes));
        } else {
            String text = plainText(value);
            if (text == null) {
                dropped.add(1);
            } else {
                headers.text(name, text);
            }
        }
    }

    private static byte @Nullable [] bytes(Message message, @Nullable Object value, String what) {
        if (value == null) {
            return null;
        }
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        // Camel's own conversion of text would use the platform's charset on Java 17.
        String text = plainText(value);
        if (text != null) {
            return text.getBytes(UTF_8);
        }
        var converter = message.getExchange().getContext().getTypeConverter();
        byte[] bytes = converter.tryConvertTo(byte[].class, message.getExchange(), value);
        if (bytes == null) {
            throw new IllegalArgumentException("the " + what + " is a "
                    + value.getClass().getName() + "; a record takes bytes or text: convert it in the route");
        }
        return bytes;
    }

    private static @Nullable String plainText(@Nullable Object value) {
        return value instanceof CharSequence
                        || value instanceof Number
                        || value instanceof Boolean
                        || value instanceof Character
                        || value instanceof Enum<?>
                ? value.toString()
                : null;
    }

    /** Whether a header of that name passes between records and messages (mapping contract, section 2). */
    private static boolean travels(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return ScheduleHeaders.isOne(lower) || !(lower.startsWith("polylog-") || lower.startsWith("camel"));
    }
}
