package io.polylog.engine;

import io.polylog.engine.ScheduleRow.Place;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ids of scheduled records whose publisher gave none: {@code <partition>.<due>.<sequence>}, the last two as 16 hexadecimal
 * digits, so that the order of ids is that of due times, and an id alone says whether its record has come.
 */
final class GeneratedId {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\.([0-7][0-9a-f]{15})\\.([0-7][0-9a-f]{15})");

    private GeneratedId() {}

    static String of(int partition, Place place) {
        return String.format("%d.%016x.%016x", partition, place.dueMs(), place.sequence());
    }

    static boolean isOne(String id) {
        return FORM.matcher(id).matches();
    }

    /** Whether the id was given in this partition to something that has come, or was cancelled long ago. */
    static boolean hasFired(String id, int partition, Place fired) {
        Matcher parts = FORM.matcher(id);
        return parts.matches()
                && Integer.parseInt(parts.group(1)) == partition
                && new Place(Long.parseLong(parts.group(2), 16), Long.parseLong(parts.group(3), 16)).compareTo(fired)
                        < 0;
    }
}
