package io.polylog.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PositionTest {

    @Test
    void readsEndsOffsetsAndTimes() {
        assertThat(Position.parse("earliest")).isEqualTo(Position.EARLIEST);
        assertThat(Position.parse("Latest")).isEqualTo(Position.LATEST);
        assertThat(Position.parse("42")).isEqualTo(new Position(Position.Kind.OFFSET, 42));
        long ms = Instant.parse("2030-01-31T07:00:00.500Z").toEpochMilli();
        assertThat(Position.parse("2030-01-31T08:00:00.5+01:00")).isEqualTo(new Position(Position.Kind.TIME, ms));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "first", "1234567890123456789", "2030-01-31", "2030-01-31T08:00:00"})
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> Position.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "' is no position; write earliest, latest, an offset, or a time");
    }
}
