package io.polylog.kafka.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.kafka.telemetry.Client.Software;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionTest {

    private static final Uuid INSTANCE = Uuid.fromString("AAAAAAAAAAAAAAAAAAAAAQ");

    private static final Client CLIENT =
            new Client("alice", "orders-7", new Software("apache-kafka-java", "4.4.0"), Pushes.LOCAL, 4711);

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "client_id=orders-.*;true",
                "client_id=orders;false",
                "client_software_name=apache-kafka-java,client_software_version=4\\..*;true",
                "client_software_name=apache-kafka-java,client_software_version=3\\..*;false",
                "client_source_address=127\\.0\\.0\\.9,client_source_port=4711;true",
                "client_instance_id=AAAAAAAAAAAAAAAAAAAAAQ;true",
                " client_id = orders-7 ;true"
            })
    void isForClientsThatAreAsItSays(String match, boolean fits) {
        assertThat(Subscription.of(Map.of("match", match)).isFor(CLIENT, INSTANCE))
                .isEqualTo(fits);
    }

    @ParameterizedTest
    @ValueSource(strings = {"client_id", "client_id=a=b", "rack=1", "CLIENT_ID=a", "client_id=(", "client_id=(?=a)"})
    void aMatchThatCannotBeUnderstoodIsRefused(String match) {
        assertThatThrownBy(() -> Subscription.of(Map.of("match", match)))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("Illegal client matching pattern");
    }

    @ParameterizedTest
    @ValueSource(strings = {"99", "3600001", "-5"})
    void intervalsHaveBounds(String intervalMs) {
        assertThatThrownBy(() -> Subscription.of(Map.of("interval.ms", intervalMs)))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void thereAreThreeSettings() {
        assertThatThrownBy(() -> Subscription.of(Map.of("color", "red"))).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> Subscription.of(Map.of("interval.ms", "soon")))
                .isInstanceOf(InvalidConfigurationException.class);
        assertThat(Subscription.of(Map.of()).intervalMs()).isEqualTo(300_000);
    }

    @Test
    void aClientIsAskedForWhatAllSubscriptionsWantAsOftenAsTheMostEager() {
        Subscription slow = Subscription.of(Map.of("metrics", "a.,b.", "interval.ms", "5000"));
        Subscription fast = Subscription.of(Map.of("metrics", "b.,c.", "interval.ms", "1000"));
        Subscription others = Subscription.of(Map.of("metrics", "d.", "interval.ms", "100", "match", "client_id=x"));

        Asked asked = Asked.by(List.of(slow, fast, others), CLIENT, INSTANCE);

        assertThat(asked.metrics()).containsExactly("a.", "b.", "c.");
        assertThat(asked.intervalMs()).isEqualTo(1000);
        assertThat(asked.wants("c.d")).isTrue();
        assertThat(asked.wants("d.c")).isFalse();
    }

    @Test
    void oneThatWantsAllIsWorthAllOthers() {
        Subscription some = Subscription.of(Map.of("metrics", "a."));
        Subscription all = Subscription.of(Map.of("metrics", "*"));
        Asked asked = Asked.by(List.of(some, all), CLIENT, INSTANCE);
        assertThat(asked.metrics()).containsExactly("*");
        assertThat(asked.wants("anything")).isTrue();
    }

    @Test
    void whatIsAskedForHasItsNumber() {
        Asked some = Asked.by(List.of(Subscription.of(Map.of("metrics", "a."))), CLIENT, INSTANCE);
        Asked more = Asked.by(List.of(Subscription.of(Map.of("metrics", "a.,b."))), CLIENT, INSTANCE);
        assertThat(some.id(INSTANCE))
                .isEqualTo(some.id(INSTANCE))
                .isNotEqualTo(more.id(INSTANCE))
                .isNotEqualTo(some.id(Uuid.randomUuid()));
    }
}
