package io.polylog.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NearestNameTest {

    private static final List<String> NAMES = List.of("data-dir", "kafka.port", "kafka.host", "mqtt.port");

    @Test
    void swappedNeighboursAreOneEdit() {
        assertThat(NearestName.distance("prot", "port")).isEqualTo(1);
    }

    @Test
    void findsTheNameBehindASlip() {
        assertThat(NearestName.of("kafka.prt", NAMES)).contains("kafka.port");
    }

    @Test
    void suggestsNothingThatIsFarAway() {
        assertThat(NearestName.of("retention", NAMES)).isEmpty();
    }
}
