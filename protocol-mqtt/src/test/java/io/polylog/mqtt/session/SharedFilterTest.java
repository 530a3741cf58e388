package io.polylog.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.mqtt.codec.TopicNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharedFilterTest {

    @Test
    void namesTheGroupOfAWholeMountByItsShare() {
        SharedFilter whole = SharedFilter.of("$share/s/orders/#").orElseThrow();
        assertThat(whole.groupOn("orders")).isEqualTo("s");
        assertThat(whole.groupOn("mqtt")).isEqualTo("s/orders/#");
        assertThat(SharedFilter.of("$share/s/mqtt/#").orElseThrow().groupOn("mqtt"))
                .isEqualTo("s/mqtt/#");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"$share/", "$share/s", "$share/s/", "$share//a", "$share/s+/a", "$share/#/a", "$share/s/a#"})
    void refusesWhatIsNone(String filter) {
        assertThat(SharedFilter.of(filter)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a/b, a/b, true",
        "a/+, a/b, true",
        "a/+, a, false",
        "a/+, a/b/c, false",
        "a/#, a, true",
        "a/#, a/b/c, true",
        "a/#, ab, false",
        "#, a/b, true",
        "#, $SYS/x, false",
        "+/x, $SYS/x, false",
        "$SYS/+, $SYS/x, true",
        "+, /a, false",
        "+/+, /a, true",
    })
    void matchesAsTheTrieDoes(String filter, String name, boolean matches) {
        assertThat(TopicNames.matches(filter, name)).isEqualTo(matches);
        assertThat(!matches || name.startsWith(TopicNames.prefix(filter))).isTrue();
    }
}
