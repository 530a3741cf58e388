package io.polylog.schedule;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as people write and read them. Stateless. */
public final class TimeUnits {

    private static final int QUOTED = 40;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
    private static final Pattern WITH_UNIT = Pattern.compile("(\\d{1,18})\\s*(ms|s|m|h|d)");

    private TimeUnits() {}

    /**
     * What a delay is written as: milliseconds, or a number with {@code ms}, {@code s}, {@code m}, {@code h} or {@code d}, or
     * ISO 8601, such as {@code PT15M}.
     *
     * @return from 0
     * @throws IllegalArgumentException if it is none of these, negative, or longer than a number of milliseconds can say
     */
    public static Duration parse(String text) {
        String delay = text.strip();
        Matcher withUnit = WITH_UNIT.matcher(delay);
        Duration duration;
        try {
            if (NUMBER.matcher(delay).matches()) {
                duration = Duration.ofMillis(Long.parseLong(delay));
            } else if (withUnit.matches()) {
                duration = duration(Long.parseLong(withUnit.group(1)), withUnit.group(2));
            } else {
                duration = Duration.parse(delay.toUpperCase(Locale.ROOT));
            }
            if (duration.toMillis() >= 0 && !duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeException | ArithmeticException notOne) {
            // said below
        }
        throw new IllegalArgumentException(quote(text) + "; write milliseconds, or a time like 15m or PT15M");
    }

    /**
     * @param unit {@code ms}, {@code s}, {@code m}, {@code h} or {@code d}
     * @throws ArithmeticException if it is longer than a duration can be
     */
    static Duration duration(long amount, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            case "d" -> Duration.ofDays(amount);
            default -> throw new IllegalArgumentException("no unit of time: " + unit);
        };
    }

    static long days(long ms) {
        return TimeUnit.MILLISECONDS.toDays(ms);
    }

    /** What somebody wrote, for a message to them: the beginning, on one line. */
    static String quote(String text) {
        String shown = text.length() > QUOTED ? text.substring(0, QUOTED) + "..." : text;
        return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
    }
}
