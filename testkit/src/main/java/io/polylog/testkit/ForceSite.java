package io.polylog.testkit;

import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;

/**
 * A place in the code that forces a file or a directory.
 *
 * @param type simple name of the class that called
 * @param method the method that called
 * @param line where in its source
 * @param directory whether a directory is forced, or a file
 */
public record ForceSite(String type, String method, int line, boolean directory) implements Comparable<ForceSite> {

    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    /** The nearest caller of the disk. */
    static ForceSite caller(boolean directory) {
        return STACK.walk(frames -> frames.filter(frame -> !isDisk(frame.getDeclaringClass()))
                        .findFirst()
                        .map(frame -> new ForceSite(
                                frame.getDeclaringClass().getSimpleName(),
                                frame.getMethodName(),
                                frame.getLineNumber(),
                                directory)))
                .orElseThrow();
    }

    private static boolean isDisk(Class<?> type) {
        return type == ForceSite.class || Disk.class.isAssignableFrom(type) || DiskFile.class.isAssignableFrom(type);
    }

    @Override
    public int compareTo(ForceSite other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return type + "." + method + ":" + line + (directory ? " (directory)" : " (file)");
    }
}
