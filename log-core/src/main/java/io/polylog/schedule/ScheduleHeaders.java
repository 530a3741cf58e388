package io.polylog.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.broker.Marks;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The headers by which a record asks to enter its topic later, or takes such a request back; and those that it has when it
 * has come. Doors with conventions of their own translate them into these. Stateless.
 */
public final class ScheduleHeaders {

    /** How long to wait: milliseconds, or a number with {@code ms}, {@code s}, {@code m}, {@code h} or {@code d}, or ISO 8601. */
    public static final String DELAY = "polylog-delay";

    /** When: milliseconds since the Unix epoch, or RFC 3339. Wins over {@link #DELAY}. */
    public static final String DELIVER_AT = "polylog-deliver-at";

    /** What it can be cancelled by; on a record that has come, what it could have been cancelled by. */
    public static final String ID = "polylog-schedule-id";

    /** How it recurs: {@code @every 1m}, or a cron expression of six fields, seconds first. */
    public static final String RECURRENCE = "polylog-schedule";

    /** Time zone of the cron expression, such as {@code Europe/Rome}; UTC if absent. */
    public static final String TIME_ZONE = "polylog-time-zone";

    /** Id of what is to be cancelled; the record itself is empty, and is not kept. */
    public static final String CANCEL = "polylog-schedule-cancel";

    /** On a record that has come: when it was due, milliseconds since the Unix epoch. */
    public static final String SCHEDULED_AT = "polylog-scheduled-at";

    public static final int MAX_ID_BYTES = 255;

    /** When a record expires, which is counted from the moment that it is due. */
    private static final String EXPIRES_AT = "expires-at";

    /** What asks for something; the others only say more about it. */
    private static final Set<String> REQUESTS = Set.of(DELAY, DELIVER_AT, RECURRENCE, CANCEL);

    private static final Set<String> ALL = Set.of(DELAY, DELIVER_AT, ID, RECURRENCE, TIME_ZONE, CANCEL, SCHEDULED_AT);

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private ScheduleHeaders() {}

    /** Whether the log has something to do with the record other than to append it. */
    public static boolean ask(Headers headers) {
        for (Header header : headers) {
            if (asks(header.key())) {
                return true;
            }
        }
        return false;
    }

    /** Whether a header asks for something, and does not only say more about it. */
    public static boolean asks(String name) {
        return REQUESTS.contains(name);
    }

    /** Whether a header is one of scheduling: those of all doors may be set by clients. */
    public static boolean isOne(String name) {
        return ALL.contains(name);
    }

    /**
     * The id that a record asks to cancel.
     *
     * @throws RefusedException {@code INVALID_SCHEDULE} if it has a value, or asks for something else too
     */
    public static Optional<String> cancels(Record record) {
        Optional<String> id = record.headers().lastText(CANCEL);
        if (id.isPresent()) {
            checkId(CANCEL, id.get());
            byte[] value = record.value();
            if (value != null && value.length > 0) {
                throw refused(CANCEL + " stands on a message that is not empty: send it without a value");
            }
            if (record.headers().last(DELAY).isPresent()
                    || record.headers().last(DELIVER_AT).isPresent()
                    || record.headers().last(RECURRENCE).isPresent()) {
                throw refused("a message either schedules or cancels: it has " + CANCEL + " and a time");
            }
        }
        return id;
    }

    /**
     * When a record that {@linkplain #ask asks} for it is to come.
     *
     * @param nowMs milliseconds since the Unix epoch
     * @param maxDelayMs how far in the future that may be
     * @throws RefusedException {@code INVALID_SCHEDULE} with a sentence, if what it asks for cannot be understood or lies
     *     too far in the future
     */
    public static Plan plan(Record record, long nowMs, long maxDelayMs) {
        Headers headers = record.headers();
        Optional<String> id = headers.lastText(ID);
        id.ifPresent(given -> checkId(ID, given));
        Optional<Recurrence> recurrence =
                headers.lastText(RECURRENCE).map(text -> Recurrence.parse(text, headers.lastText(TIME_ZONE)));
        long dueMs;
        Optional<String> at = headers.lastText(DELIVER_AT);
        Optional<String> delay = headers.lastText(DELAY);
        if (at.isPresent()) {
            dueMs = Math.max(nowMs, timeMs(at.get())); // a time that has passed means now
        } else if (delay.isPresent()) {
            long delayMs = delayMs(delay.get());
            dueMs = delayMs > Long.MAX_VALUE - nowMs ? Long.MAX_VALUE : nowMs + delayMs;
        } else {
            dueMs = recurrence
                    .orElseThrow(() -> new IllegalArgumentException("the record asks for nothing"))
                    .next(nowMs);
        }
        if (dueMs - nowMs > maxDelayMs) {
            throw refused("the message would wait " + TimeUnits.days(dueMs - nowMs) + " days; at most "
                    + TimeUnits.days(maxDelayMs) + " are allowed");
        }
        return new Plan(id, dueMs, recurrence, Marks.NONE);
    }

    /** The record as it will enter, but for what {@link #fired} adds; its time-to-live begins when it is due. */
    public static Record withoutRequest(Record record, long nowMs, long dueMs) {
        Headers.Builder rest = Headers.builder();
        for (Header header : record.headers()) {
            if (header.key().equals(EXPIRES_AT)) {
                rest.add(later(header, Math.max(0, dueMs - nowMs)));
            } else if (!isOne(header.key())) {
                rest.add(header);
            }
        }
        return new Record(record.key(), record.value(), record.timestampMs(), rest.build());
    }

    /** A recurring record as it will enter the next time: its time-to-live begins that many milliseconds later. */
    public static Record recurred(Record record, long afterMs) {
        Headers.Builder headers = Headers.builder();
        for (Header header : record.headers()) {
            headers.add(header.key().equals(EXPIRES_AT) ? later(header, afterMs) : header);
        }
        return new Record(record.key(), record.value(), record.timestampMs(), headers.build());
    }

    private static Header later(Header expiresAt, long byMs) {
        try {
            return Header.text(EXPIRES_AT, Long.toString(Math.addExact(Long.parseLong(expiresAt.text()), byMs)));
        } catch (ArithmeticException | NumberFormatException noTime) {
            return expiresAt; // somebody's own header of that name
        }
    }

    /** The record as it enters its topic: at the time at which it was due, under which it is found there. */
    public static Record fired(Record record, String id, long dueMs) {
        Headers.Builder headers = Headers.builder();
        record.headers().forEach(headers::add);
        headers.text(SCHEDULED_AT, Long.toString(dueMs)).text(ID, id);
        return new Record(record.key(), record.value(), dueMs, headers.build());
    }

    private static void checkId(String header, String id) {
        int bytes = id.getBytes(UTF_8).length;
        if (bytes == 0 || bytes > MAX_ID_BYTES) {
            throw refused(header + " has " + bytes + " bytes; an id has 1 to " + MAX_ID_BYTES);
        }
        if (id.chars().anyMatch(c -> Character.isISOControl(c) || c == '\uFFFD')) {
            throw refused(header + " holds a control character, or is not UTF-8");
        }
    }

    /** Milliseconds from now. */
    private static long delayMs(String text) {
        try {
            return TimeUnits.parse(text).toMillis();
        } catch (IllegalArgumentException notOne) {
            throw refused(DELAY + " is " + notOne.getMessage());
        }
    }

    /** Milliseconds since the Unix epoch. */
    private static long timeMs(String text) {
        String at = text.strip();
        if (NUMBER.matcher(at).matches()) {
            return Long.parseLong(at);
        }
        try {
            Instant instant = OffsetDateTime.parse(at).toInstant();
            if (!instant.isBefore(Instant.EPOCH)) {
                return instant.toEpochMilli();
            }
        } catch (DateTimeException | ArithmeticException notOne) {
            // said below
        }
        throw refused(DELIVER_AT + " is " + TimeUnits.quote(text)
                + "; write milliseconds since 1970, or a time like 2030-01-31T08:00:00Z");
    }

    private static RefusedException refused(String sentence) {
        return new RefusedException(Refusal.INVALID_SCHEDULE, sentence);
    }
}
