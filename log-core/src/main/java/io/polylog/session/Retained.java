package io.polylog.session;

import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.util.Objects;

/**
 * The last value of a name: the whole record, wherever it was written.
 *
 * @param name as it was published under
 * @param partition where the record was appended
 */
public record Retained(String name, TopicPartition partition, StoredRecord stored) {

    public Retained {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(stored, "stored");
    }
}
