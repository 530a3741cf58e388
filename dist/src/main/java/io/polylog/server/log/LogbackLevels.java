package io.polylog.server.log;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.polylog.spi.LogLevels;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.LoggerFactory;

/** The levels of Logback's loggers; those of libraries, some of which would log what clients send, stay as they are. */
public final class LogbackLevels implements LogLevels {

    private static final String OWN = "io.polylog";

    private final LoggerContext context;

    LogbackLevels(LoggerContext context) {
        this.context = context;
    }

    /** Those of the process; none if it logs with something else. */
    public static LogLevels ofProcess() {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                ? new LogbackLevels(context)
                : LogLevels.none();
    }

    @Override
    public Map<String, Level> all() {
        Map<String, Level> levels = new TreeMap<>();
        for (Logger logger : context.getLoggerList()) {
            if (isRoot(logger)) {
                levels.put(ROOT, level(logger));
            } else if (logger.getName().equals(OWN) || logger.getName().startsWith(OWN + ".")) {
                levels.put(logger.getName(), level(logger));
            }
        }
        return levels;
    }

    private static boolean isRoot(Logger logger) {
        return logger.getName().equals(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    /** What is switched off is told as what comes nearest to it. */
    private static Level level(Logger logger) {
        int level = logger.getEffectiveLevel().toInt();
        if (level <= ch.qos.logback.classic.Level.TRACE_INT) {
            return Level.TRACE;
        }
        return level >= ch.qos.logback.classic.Level.ERROR_INT
                ? Level.ERROR
                : Level.valueOf(logger.getEffectiveLevel().toString());
    }

    @Override
    public void set(String logger, Optional<Level> level) {
        if (!all().containsKey(logger)) {
            throw new IllegalArgumentException("there is no logger " + logger);
        }
        if (logger.equals(ROOT) && level.isEmpty()) {
            throw new IllegalArgumentException("nothing is above " + ROOT);
        }
        context.getLogger(logger.equals(ROOT) ? org.slf4j.Logger.ROOT_LOGGER_NAME : logger)
                .setLevel(level.map(wanted -> ch.qos.logback.classic.Level.valueOf(wanted.name()))
                        .orElse(null));
    }
}
