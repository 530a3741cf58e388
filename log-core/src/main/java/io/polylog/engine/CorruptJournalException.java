package io.polylog.engine;

import java.io.IOException;

/** Bytes of the command log that were durable have changed. The gateway does not start over them. */
public final class CorruptJournalException extends IOException {

    CorruptJournalException(String message) {
        super(message);
    }
}
