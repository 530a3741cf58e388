package io.polylog.log;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the files of a segment are called: {@code BASE.log} and {@code BASE.index} as it was first written, {@code
 * BASE.GENERATION.log} and {@code .index} as compaction has left it.
 *
 * @param base offset of the segment's first record
 * @param generation how often it was rewritten, from 0
 */
record SegmentName(long base, int generation) implements Comparable<SegmentName> {

    private static final String LOG_SUFFIX = ".log";
    private static final Pattern FILE_NAME = Pattern.compile("(\\d{19,20})(?:\\.(\\d{1,9}))?\\.(log|index)");
    private static final Comparator<SegmentName> ORDER =
            Comparator.comparingLong(SegmentName::base).thenComparingInt(SegmentName::generation);

    /** Empty if the file belongs to no segment. */
    static Optional<SegmentName> of(Path file) {
        Matcher name = FILE_NAME.matcher(String.valueOf(file.getFileName()));
        if (!name.matches()) {
            return Optional.empty();
        }
        String generation = name.group(2);
        return Optional.of(
                new SegmentName(Long.parseLong(name.group(1)), generation == null ? 0 : Integer.parseInt(generation)));
    }

    static boolean isLog(Path file) {
        return String.valueOf(file.getFileName()).endsWith(LOG_SUFFIX);
    }

    Path log(Path directory) {
        return directory.resolve(stem() + LOG_SUFFIX);
    }

    Path index(Path directory) {
        return directory.resolve(stem() + ".index");
    }

    private String stem() {
        String offset = String.format(Locale.ROOT, "%020d", base);
        return generation == 0 ? offset : offset + "." + generation;
    }

    /** Whether records may be missing between those that are there. */
    boolean compacted() {
        return generation > 0;
    }

    @Override
    public int compareTo(SegmentName other) {
        return ORDER.compare(this, other);
    }
}
