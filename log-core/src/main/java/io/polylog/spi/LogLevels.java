package io.polylog.spi;

import java.util.Map;
import java.util.Optional;

/**
 * How much the gateway logs, logger by logger, as whatever it logs with has it. Changes count at once and end with the process. Any
 * thread.
 */
public interface LogLevels {

    /** The name of the logger above all others. */
    String ROOT = "root";

    /** Levels in the order of how little is logged. */
    enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /** The gateway's own loggers that exist by now, and {@link #ROOT}, with the level that each of them logs at. */
    Map<String, Level> all();

    /**
     * @param logger one of {@link #all}
     * @param level empty: that of the logger above; not for {@link #ROOT}
     */
    void set(String logger, Optional<Level> level);

    /** Of a process that lets nobody change them. */
    static LogLevels none() {
        return new LogLevels() {
            @Override
            public Map<String, Level> all() {
                return Map.of();
            }

            @Override
            public void set(String logger, Optional<Level> level) {
                throw new IllegalArgumentException("there is no logger " + logger);
            }
        };
    }
}
