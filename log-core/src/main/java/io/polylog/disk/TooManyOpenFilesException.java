package io.polylog.disk;

import java.io.IOException;
import java.nio.file.Path;

/** The process has as many files open as it may. Nothing was done, and the same call succeeds once one is closed. */
public final class TooManyOpenFilesException extends IOException {

    public TooManyOpenFilesException(Path path, IOException cause) {
        super("too many open files to open " + path + " as well", cause);
    }
}
