package io.polylog.amqp.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.record.Headers;
import io.polylog.schedule.ScheduleHeaders;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.jspecify.annotations.Nullable;

/**
 * What one message asks for about its time, as the {@link ScheduleHeaders} that say the same:
 *
 * <pre>
 * annotation           x-opt-delivery-delay -> polylog-delay (Artemis, RabbitMQ)
 *                      x-opt-delivery-time -> polylog-deliver-at (JMS, Artemis, RabbitMQ)
 *                      x-opt-scheduled-enqueue-time -> polylog-deliver-at (Service Bus), if the former is not there
 * application property one of ScheduleHeaders -> the header of that name, in place of what annotations say
 * </pre>
 *
 * <p>An annotation is milliseconds in an integer of any type, a time also a timestamp; a string says what it may say in the
 * header. Here it is checked that a value has such a type; what it means is the log's business. Not thread-safe.
 */
@SuppressWarnings("JavaUtilDate") // what Proton-J decodes timestamps to
final class ScheduleFields {
    private static final String DELIVERY_DELAY = "x-opt-delivery-delay";
    private static final String DELIVERY_TIME = "x-opt-delivery-time";
    private static final String SCHEDULED_ENQUEUE_TIME = "x-opt-scheduled-enqueue-time";

    /** The most that the headers take, 18 digits: some thirty million years. */
    private static final long MAX_MS = 999_999_999_999_999_999L;

    private static final Set<Class<?>> INTEGERS = Set.of(
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            UnsignedByte.class,
            UnsignedShort.class,
            UnsignedInteger.class,
            UnsignedLong.class);

    private final Map<String, String> headers = new LinkedHashMap<>(4);

    /** Whether a message annotation is about scheduling. */
    static boolean isAnnotation(String name) {
        return name.equals(DELIVERY_DELAY) || name.equals(DELIVERY_TIME) || name.equals(SCHEDULED_ENQUEUE_TIME);
    }

    /**
     * Takes such an annotation; null says nothing.
     *
     * @throws MessageRefusedException {@code amqp:invalid-field} if it is neither milliseconds nor text
     */
    void annotation(String name, @Nullable Object value) {
        if (value == null) {
            return;
        }
        switch (name) {
            case DELIVERY_DELAY -> headers.put(ScheduleHeaders.DELAY, text(name, value, false));
            case DELIVERY_TIME -> headers.put(ScheduleHeaders.DELIVER_AT, text(name, value, true));
            default -> headers.putIfAbsent(ScheduleHeaders.DELIVER_AT, text(name, value, true));
        }
    }

    /**
     * Takes an application property whose name {@linkplain ScheduleHeaders#isOne is one}.
     *
     * @throws MessageRefusedException {@code amqp:invalid-field} if its value has no text: none at all, bytes, or nested
     */
    void property(String name, @Nullable Object value) {
        TypedText simple = TypedText.of(value);
        if (simple == null || simple.bytes() == null || "binary".equals(simple.type())) {
            throw refused("application property " + name + " is " + typeOf(value) + "; it is a string, or a number");
        }
        headers.put(name, new String(simple.bytes(), UTF_8));
    }

    void writeTo(Headers.Builder record) {
        headers.forEach(record::text);
    }

    private static String text(String annotation, Object value, boolean isTime) {
        if (value instanceof String text) {
            return text;
        }
        if (isTime && value instanceof Date date) {
            return milliseconds(annotation, date.getTime());
        }
        if (value instanceof UnsignedLong unsigned && unsigned.longValue() < 0) {
            return milliseconds(annotation, Long.MAX_VALUE);
        }
        if (value instanceof Number number && INTEGERS.contains(number.getClass())) {
            return milliseconds(annotation, number.longValue());
        }
        throw refused("annotation " + annotation + " is " + typeOf(value) + "; it is milliseconds, in an integer"
                + (isTime ? " or a timestamp" : ""));
    }

    private static String milliseconds(String annotation, long ms) {
        if (ms < 0) {
            throw refused("annotation " + annotation + " is " + ms + "; it is milliseconds, and not negative");
        }
        if (ms > MAX_MS) {
            throw refused("annotation " + annotation + " is " + ms + ", which is too far in the future");
        }
        return Long.toString(ms);
    }

    private static String typeOf(@Nullable Object value) {
        TypedText simple = TypedText.of(value);
        if (simple == null) {
            return "no simple value";
        }
        return simple.type() == null ? "a string" : "of type " + simple.type();
    }

    private static MessageRefusedException refused(String sentence) {
        return new MessageRefusedException(AmqpError.INVALID_FIELD, sentence);
    }
}
