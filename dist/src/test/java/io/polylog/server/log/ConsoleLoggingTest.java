package io.polylog.server.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

final class ConsoleLoggingTest {

    private final LoggerContext context = new LoggerContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void clientsCannotForgeALineOrSpeakToTheTerminal() {
        assertThat(line("member left", "a\r\n2026-01-01 ERROR \u001b[31m\u009b2J\u0085\u2028\u202ez"))
                .endsWith("INFO  Groups - member left member=\"a??2026-01-01 ERROR ?[31m?2J???z\""
                        + System.lineSeparator());
    }

    @Test
    void everyLanguageIsLeftAsItIs() {
        assertThat(line("Grüße \"x\"", "東京 🚀")).contains("Groups - Grüße \"x\" member=\"東京 🚀\"");
    }

    private String line(String message, String member) {
        LoggingEvent event = new LoggingEvent("", context.getLogger("x.Groups"), Level.INFO, message, null, null);
        event.setKeyValuePairs(List.of(new KeyValuePair("member", member)));
        return new String(ConsoleLogging.encoder(context).encode(event), UTF_8);
    }
}
