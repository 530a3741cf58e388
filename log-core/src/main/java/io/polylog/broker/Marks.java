package io.polylog.broker;

import java.util.Optional;

/**
 * What is to be done with a record beside appending it.
 *
 * @param origin to append it once, however often it is published
 * @param retainAs to keep it as the last value of that name, or to clear that value if the record's is empty or null
 */
public record Marks(Optional<Origin> origin, Optional<String> retainAs) {

    public static final Marks NONE = new Marks(Optional.empty(), Optional.empty());

    public boolean isEmpty() {
        return origin.isEmpty() && retainAs.isEmpty();
    }
}
