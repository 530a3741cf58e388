package io.polylog.engine;

import java.io.IOException;
import java.nio.file.Path;

/** Bytes that were durable have changed or are gone; the message names the file and the place in it. */
public class CorruptDataException extends IOException {

    private static final String ADVICE =
            "bytes that were durable have changed; restore the file or the data directory from a copy";

    CorruptDataException(String message) {
        super(message);
    }

    static CorruptDataException at(Path file, long position, String what) {
        return new CorruptDataException(file + " is damaged at byte " + position + " (" + what + "): " + ADVICE);
    }
}
