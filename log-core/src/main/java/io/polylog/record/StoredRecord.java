package io.polylog.record;

import java.util.Objects;

/** A record and the offset at which its partition holds it. */
public record StoredRecord(long offset, Record record) {

    public StoredRecord {
        Objects.requireNonNull(record, "record");
    }
}
