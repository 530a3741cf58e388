package io.polylog.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.LoggerContext;
import io.polylog.spi.LogLevels.Level;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LogbackLevelsTest {

    private final LoggerContext context = new LoggerContext();
    private final LogbackLevels levels = new LogbackLevels(context);

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void ownLoggersAndTheRootAreSeenWithWhatTheyLogAt() {
        context.getLogger("io.polylog.node.Compactor");
        context.getLogger("io.netty.handler.logging");
        context.getLogger("root").setLevel(ch.qos.logback.classic.Level.WARN);
        levels.set("io.polylog.node", Optional.of(Level.TRACE));

        assertThat(levels.all())
                .isEqualTo(Map.of(
                        "root", Level.WARN,
                        "io.polylog", Level.WARN,
                        "io.polylog.node", Level.TRACE,
                        "io.polylog.node.Compactor", Level.TRACE));
        assertThat(context.getLogger("io.polylog.node.Compactor").isTraceEnabled())
                .isTrue();

        levels.set("io.polylog.node", Optional.empty());
        levels.set("root", Optional.of(Level.ERROR));
        assertThat(levels.all()).containsEntry("io.polylog.node.Compactor", Level.ERROR);
    }

    @Test
    void thoseOfLibrariesAndTheLastOneAreLeftAlone() {
        context.getLogger("io.netty.handler.logging");
        for (String logger : new String[] {"io.netty.handler.logging", "io.polylog.nobody"}) {
            assertThatThrownBy(() -> levels.set(logger, Optional.of(Level.DEBUG)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> levels.set("root", Optional.empty())).isInstanceOf(IllegalArgumentException.class);
    }
}
