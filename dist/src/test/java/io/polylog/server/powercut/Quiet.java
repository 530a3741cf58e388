package io.polylog.server.powercut;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/** Keeps hundreds of crashing gateways from logging each their own end. What a test finds, it says itself. */
final class Quiet implements AutoCloseable {

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final TurboFilter silence = new TurboFilter() {
        @Override
        public FilterReply decide(
                @Nullable Marker marker,
                Logger logger,
                Level level,
                @Nullable String format,
                Object @Nullable [] params,
                @Nullable Throwable failure) {
            return FilterReply.DENY;
        }
    };

    Quiet() {
        context.addTurboFilter(silence);
    }

    @Override
    public void close() {
        context.getTurboFilterList().remove(silence);
    }
}
