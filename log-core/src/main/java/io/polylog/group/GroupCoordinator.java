package io.polylog.group;

/** The port in front of the embedded coordinator. */
public interface GroupCoordinator extends AutoCloseable {

    @Override
    void close();
}
