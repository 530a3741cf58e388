package io.polylog.kv;

/** A walk over a range of entries; stands before the first one at the start. Not thread-safe. */
public interface KvIterator extends AutoCloseable {

    /** Moves to the next entry; false at the end, from then on for good. */
    boolean next();

    /** The current key; valid after {@link #next} answered true. A fresh array at each call. */
    byte[] key();

    /** The current value; valid after {@link #next} answered true. A fresh array at each call. */
    byte[] value();

    /** May be called more than once. */
    @Override
    void close();
}
