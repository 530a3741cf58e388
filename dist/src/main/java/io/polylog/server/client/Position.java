package io.polylog.server.client;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where to read from.
 *
 * @param value the offset, or the time in milliseconds since the Unix epoch; of no meaning for the ends
 */
public record Position(Kind kind, long value) {

    public static final Position EARLIEST = new Position(Kind.EARLIEST, 0);
    public static final Position LATEST = new Position(Kind.LATEST, 0);

    private static final Pattern OFFSET = Pattern.compile("\\d{1,18}");

    enum Kind {
        EARLIEST,
        LATEST,
        OFFSET,
        TIME
    }

    /**
     * {@code earliest}, {@code latest}, an offset, or a time such as {@code 2030-01-31T08:00:00Z} (RFC 3339).
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static Position parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.equals("earliest")) {
            return EARLIEST;
        }
        if (lower.equals("latest")) {
            return LATEST;
        }
        if (OFFSET.matcher(text).matches()) {
            return new Position(Kind.OFFSET, Long.parseLong(text));
        }
        try {
            return new Position(
                    Kind.TIME, OffsetDateTime.parse(text).toInstant().toEpochMilli());
        } catch (DateTimeException | ArithmeticException none) {
            throw new IllegalArgumentException(
                    "'" + text
                            + "' is no position; write earliest, latest, an offset, or a time like 2030-01-31T08:00:00Z",
                    none);
        }
    }

    /** Whether it is the beginning or the end. */
    public boolean isEnd() {
        return kind == Kind.EARLIEST || kind == Kind.LATEST;
    }
}
