package io.polylog.camel.lint;

import org.apache.camel.RuntimeCamelException;

/** What a user can act on in a failure of Camel's, which wraps the cause in messages that quote the whole route. */
public final class Reasons {

    private static final int MAX_LENGTH = 300;

    private Reasons() {}

    /** One line, at most 300 characters, without a full stop. */
    public static String of(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null
                && root.getCause() != root
                && (root instanceof RuntimeCamelException
                        || root.getMessage() == null
                        || root.getCause().getMessage() != null)) {
            root = root.getCause();
        }
        String message = root.getMessage() == null ? root.toString() : root.getMessage();
        String line = message.strip().replaceAll("\\s+", " ");
        line = line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
    }
}
