package io.polylog.broker;

/** A listener's place; closing it, from any thread and any number of times, ends the calls. */
@FunctionalInterface
public interface Registration extends AutoCloseable {
    @Override
    void close();
}
