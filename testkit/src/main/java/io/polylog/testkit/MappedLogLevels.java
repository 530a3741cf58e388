package io.polylog.testkit;

import io.polylog.spi.LogLevels;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Levels of two loggers that log nothing. */
final class MappedLogLevels implements LogLevels {

    private final Map<String, Level> levels =
            new ConcurrentSkipListMap<>(Map.of(ROOT, Level.INFO, "io.polylog.sample", Level.INFO));

    @Override
    public Map<String, Level> all() {
        return Map.copyOf(levels);
    }

    @Override
    public void set(String logger, Optional<Level> level) {
        levels.replace(
                logger,
                level.orElseGet(() -> Optional.ofNullable(levels.get(ROOT)).orElseThrow()));
    }
}
