package io.polylog.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a record comes again and again: at an interval, or at the times of a cron expression. Times that were missed are
 * made up for once. Immutable.
 *
 * <p>The times of a cron expression depend on what this machine knows of time zones, so they are found before a command is
 * proposed, never while one is applied.
 *
 * @param text as the publisher wrote it
 * @param zone of the cron expression, such as {@code Europe/Rome}; UTC if empty
 */
public record Recurrence(String text, String zone) {

    /** The shortest interval, so that one message cannot keep the log busy: a second. */
    static final long MIN_INTERVAL_MS = 1000;

    private static final long MAX_INTERVAL_MS = TimeUnit.DAYS.toMillis(3653);

    private static final int MAX_LENGTH = 256;

    private static final Pattern EVERY = Pattern.compile("@every\\s+(.+)");
    private static final Pattern WITH_UNIT = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    /** The fields are: second, minute, hour, day of month, month, day of week. */
    private static final CronParser CRON =
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.SPRING53));

    public Recurrence {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(zone, "zone");
    }

    /**
     * @throws RefusedException {@code INVALID_SCHEDULE} with a sentence
     */
    static Recurrence parse(String text, Optional<String> zone) {
        if (text.length() > MAX_LENGTH) {
            throw refused(text, "is longer than " + MAX_LENGTH + " characters");
        }
        Recurrence recurrence =
                new Recurrence(text.strip(), zone.map(String::strip).orElse(""));
        recurrence.next(0); // which understands all of it
        return recurrence;
    }

    /**
     * The first time after another. For an interval, counts from that time.
     *
     * @param afterMs milliseconds since the Unix epoch
     * @throws RefusedException {@code INVALID_SCHEDULE} if there is none, or if this is no recurrence
     */
    public long next(long afterMs) {
        Matcher every = EVERY.matcher(text);
        return every.matches() ? Math.addExact(afterMs, intervalMs(every.group(1))) : nextOfCron(afterMs);
    }

    /** When it comes after having come at {@code dueMs}, which may have been late: never twice to make up. */
    public long following(long dueMs, long nowMs) {
        Matcher every = EVERY.matcher(text);
        if (!every.matches()) {
            return nextOfCron(Math.max(dueMs, nowMs));
        }
        long intervalMs = intervalMs(every.group(1));
        long missed = Math.max(0, nowMs - dueMs) / intervalMs;
        return Math.addExact(dueMs, Math.multiplyExact(missed + 1, intervalMs));
    }

    private long intervalMs(String interval) {
        Matcher withUnit = WITH_UNIT.matcher(interval.strip());
        try {
            Duration duration = withUnit.matches()
                    ? TimeUnits.duration(Long.parseLong(withUnit.group(1)), withUnit.group(2))
                    : Duration.parse(interval.strip().toUpperCase(Locale.ROOT));
            long intervalMs = duration.toMillis();
            if (intervalMs >= MIN_INTERVAL_MS && intervalMs <= MAX_INTERVAL_MS) {
                return intervalMs;
            }
        } catch (DateTimeException | ArithmeticException notOne) {
            throw refused(text, "has an interval that is no time; write @every 1m");
        }
        throw refused(text, "has an interval of less than a second or more than ten years");
    }

    private long nextOfCron(long afterMs) {
        try {
            ZoneId in = zone.isEmpty() ? ZoneId.of("UTC") : ZoneId.of(zone);
            return ExecutionTime.forCron(CRON.parse(text))
                    .nextExecution(Instant.ofEpochMilli(afterMs).atZone(in))
                    .orElseThrow(() -> refused(text, "never comes"))
                    .toInstant()
                    .toEpochMilli();
        } catch (DateTimeException noZone) {
            throw new RefusedException(
                    Refusal.INVALID_SCHEDULE,
                    ScheduleHeaders.TIME_ZONE + " is " + TimeUnits.quote(zone)
                            + "; write UTC or a name like Europe/Rome");
        } catch (IllegalArgumentException noCron) {
            throw refused(
                    text,
                    "is neither @every and a time nor a cron expression of six fields, seconds first: "
                            + TimeUnits.quote(String.valueOf(noCron.getMessage())));
        }
    }

    private static RefusedException refused(String text, String why) {
        return new RefusedException(
                Refusal.INVALID_SCHEDULE, ScheduleHeaders.RECURRENCE + " " + TimeUnits.quote(text) + ' ' + why);
    }
}
