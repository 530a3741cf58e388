package io.polylog.session;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The retained values, each the last one published under its name with {@link io.polylog.broker.Marks#retainAs}. What a
 * publisher has been told is durable is found from then on. Never blocks; stages complete on a worker thread, and fail with
 * {@link io.polylog.broker.RefusedException} {@code OVERLOADED} or {@code CLOSED}.
 */
public interface RetainedStore {

    CompletionStage<Optional<Retained>> find(String name);

    /**
     * The next values whose names begin with {@code prefix}, each name once, in no order that means anything.
     *
     * @param from where to go on; {@link Place#START} to begin
     * @param maxValues from 1
     * @param maxBytes no further value is added once there are this many bytes
     */
    CompletionStage<Page> scan(String prefix, Place from, int maxValues, int maxBytes);

    /**
     * A place in a scan.
     *
     * @param group part of the store, from 1
     * @param after the name that was given last; empty at the beginning of a part
     */
    record Place(int group, String after) {
        public static final Place START = new Place(1, "");

        public Place {
            Objects.requireNonNull(after, "after");
        }
    }

    /**
     * Part of a scan.
     *
     * @param next where to go on; empty at the end
     */
    record Page(List<Retained> values, Optional<Place> next) {}
}
