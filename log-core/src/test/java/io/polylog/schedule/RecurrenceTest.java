package io.polylog.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.RefusedException;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecurrenceTest {

    @Test
    void comesAtIntervalsAndMakesUpForMissedOnesOnce() {
        Recurrence everyMinute = Recurrence.parse("@every 1m", Optional.empty());
        assertThat(everyMinute.next(5)).isEqualTo(60_005);
        assertThat(everyMinute.following(60_005, 60_010)).isEqualTo(120_005);
        assertThat(everyMinute.following(60_005, 1_000_000)).isEqualTo(1_020_005);
    }

    @Test
    void comesAtTheTimesOfACronExpressionInItsZone() {
        Recurrence mornings = Recurrence.parse("0 30 8 * * *", Optional.of("Europe/Rome"));
        assertThat(mornings.next(ms("2026-07-01T12:00:00Z"))).isEqualTo(ms("2026-07-02T06:30:00Z"));
        assertThat(mornings.next(ms("2026-12-01T12:00:00Z"))).isEqualTo(ms("2026-12-02T07:30:00Z"));
        assertThat(mornings.following(ms("2026-12-02T07:30:00Z"), ms("2026-12-09T12:00:00Z")))
                .isEqualTo(ms("2026-12-10T07:30:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@every", "@every 10ms", "@every 99999999d", "@every PT0S", "* * *", "61 * * * * *"})
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> Recurrence.parse(text, Optional.empty())).isInstanceOf(RefusedException.class);
    }

    @Test
    void refusesAZoneThatThereIsNot() {
        assertThatThrownBy(() -> Recurrence.parse("0 30 8 * * *", Optional.of("Europe/Atlantis")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("Atlantis");
    }

    private static long ms(String instant) {
        return Instant.parse(instant).toEpochMilli();
    }
}
