package io.polylog.server.crash;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** Keeps hundreds of crashing gateways from logging each their own end. What a test finds, it says itself. */
final class Quiet implements AutoCloseable {

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level before = root.getLevel();

    Quiet() {
        root.setLevel(Level.OFF);
    }

    @Override
    public void close() {
        root.setLevel(before);
    }
}
