package io.polylog.schedule;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Spans of time as people write and read them. Stateless. */
final class TimeUnits {

    private static final int QUOTED = 40;

    private TimeUnits() {}

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
