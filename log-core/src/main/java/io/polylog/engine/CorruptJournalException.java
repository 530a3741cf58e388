package io.polylog.engine;

/** Durable bytes of the journal have changed: what was acknowledged cannot be told from them any more. */
public final class CorruptJournalException extends CorruptDataException {

    CorruptJournalException(String message) {
        super(message);
    }
}
