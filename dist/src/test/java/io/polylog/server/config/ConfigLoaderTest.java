package io.polylog.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.ProtocolAdapter;
import io.polylog.spi.ProtocolAdapterFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigLoaderTest {

    private static final ConfigKey<String> DATA_DIR = ConfigKey.text("data-dir", "data", "Where.");
    private static final ConfigKey<Integer> FRAME_BYTES =
            ConfigKey.integer("kafka.max-frame-bytes", 100, 1, 1_000, "Largest frame.");

    private final KeyCatalog catalog = KeyCatalog.of(
            List.of(DATA_DIR),
            List.of(protocol("kafka", 9092, List.of(FRAME_BYTES)), protocol("mqtt", 1883, List.of())));

    @TempDir
    private Path directory;

    @Test
    void withoutFileAndEnvironmentEverythingHasItsDefault() {
        EffectiveConfig config = ConfigLoader.load(catalog, Optional.empty(), Map.of("PATH", "/bin"));

        assertThat(config.settings().get(DATA_DIR)).isEqualTo("data");
        assertThat(config.settings().get(catalog.listeners().get(0).port())).isEqualTo(9092);
        assertThat(config.describe()).contains("data-dir: data  # default\n", "mqtt.port: 1883  # default\n");
    }

    @Test
    void readsBlocksAndDottedNames() throws IOException {
        EffectiveConfig config = load("data-dir: /var/x\nkafka:\n  port: 1\nmqtt.port: 2\n", Map.of());

        assertThat(config.describe())
                .contains("data-dir: /var/x  # " + file() + ":1\n")
                .contains("kafka.port: 1  # " + file() + ":3\n")
                .contains("mqtt.port: 2  # " + file() + ":4\n");
    }

    @Test
    void environmentWinsOverTheFile() throws IOException {
        EffectiveConfig config = load("kafka:\n  max-frame-bytes: 5\n", Map.of("POLYLOG_KAFKA_MAX_FRAME_BYTES", "7"));

        assertThat(config.settings().get(FRAME_BYTES)).isEqualTo(7);
        assertThat(config.describe()).contains("kafka.max-frame-bytes: 7  # POLYLOG_KAFKA_MAX_FRAME_BYTES\n");
    }

    @Test
    void emptyEnvironmentVariableCountsAsUnset() {
        EffectiveConfig config = ConfigLoader.load(catalog, Optional.empty(), Map.of("POLYLOG_KAFKA_PORT", ""));

        assertThat(config.describe()).contains("kafka.port: 9092  # default\n");
    }

    @Test
    void blockOfCommentsOnlySaysNothing() throws IOException {
        EffectiveConfig config = load("kafka:\n  #port: 1\nmqtt:\n", Map.of());

        assertThat(config.describe()).contains("kafka.port: 9092  # default\n");
    }

    @Test
    void unknownKeyIsRefusedWithTheNearestName() {
        assertThat(faults("kafka:\n  prot: 1\n", Map.of()))
                .containsExactly(file() + ":2: kafka.prot is not a key; did you mean kafka.port?");
    }

    @Test
    void unknownVariableIsRefusedWithTheNearestName() {
        assertThat(faults("", Map.of("POLYLOG_KAFKA_PROT", "1")))
                .containsExactly("environment: POLYLOG_KAFKA_PROT is not a key; did you mean POLYLOG_KAFKA_PORT?");
    }

    @Test
    void unknownKeyWithoutNeighbourPointsToTheList() {
        assertThat(faults("something-else-altogether: 1\n", Map.of()))
                .containsExactly(file()
                        + ":1: something-else-altogether is not a key; \"polylog config\" lists the keys there are");
    }

    @Test
    void variablesOfTheLauncherAreNotKeys() {
        EffectiveConfig config =
                ConfigLoader.load(catalog, Optional.empty(), Map.of("POLYLOG_HEAP", "1g", "POLYLOG_JVM_OPTS", "-ea"));

        assertThat(config.describe()).doesNotContain("1g");
    }

    @Test
    void reportsEveryFaultAtOnce() {
        assertThat(faults(
                        "data-dri: x\nkafka:\n  port: ninety\n  enabled: yes\n",
                        Map.of("POLYLOG_MQTT_PORT", "70000", "POLYLOG_MQTT_HOST", "no such host")))
                .hasSize(5)
                .anyMatch(fault -> fault.equals(file() + ":1: data-dri is not a key; did you mean data-dir?"))
                .anyMatch(fault -> fault.equals(
                        file() + ":3: kafka.port is \"ninety\", but it must be a whole number from 0 to 65535"))
                .anyMatch(fault -> fault.equals(file() + ":4: kafka.enabled is \"yes\", but it must be true or false"))
                .anyMatch(fault -> fault.startsWith("POLYLOG_MQTT_PORT: mqtt.port is \"70000\", but it must be"))
                .anyMatch(fault ->
                        fault.startsWith("POLYLOG_MQTT_HOST: mqtt.host is \"no such host\", but it is not an"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1"})
    void addressOfTheNetworkIsRefusedWithTheReason(String host) {
        assertThat(faults("", Map.of("POLYLOG_KAFKA_HOST", host)))
                .singleElement()
                .asString()
                .contains("would be open to the network", "kafka.tls.client-auth", "use 127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
    void addressOfTheMachineItselfIsAccepted(String host) {
        EffectiveConfig config = ConfigLoader.load(catalog, Optional.empty(), Map.of("POLYLOG_KAFKA_HOST", host));

        assertThat(config.settings().get(catalog.listeners().get(0).host())).isEqualTo(host);
    }

    @Test
    void twoListenersOfOnePortAreRefused() {
        assertThat(faults("", Map.of("POLYLOG_KAFKA_PORT", "1883")))
                .containsExactly("kafka.port and mqtt.port are both 1883; give one of them another port");
    }

    @Test
    void gatewayWithoutAnyListenerIsRefused() {
        assertThat(faults("", Map.of("POLYLOG_KAFKA_ENABLED", "false", "POLYLOG_MQTT_ENABLED", "false")))
                .singleElement()
                .asString()
                .startsWith("every listener is disabled");
    }

    @Test
    void keyThatStandsTwiceIsRefused() {
        assertThat(faults("kafka:\n  port: 1\nkafka.port: 2\n", Map.of()))
                .containsExactly(file() + ":3: kafka.port stands twice, first at " + file() + ":2; remove one");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka: [1, 2]\n",
                "- 1\n",
                "just text\n",
                "a: &x {port: 1}\nkafka: *x\n",
                "kafka: {port: 1\n",
                "\tkafka: 1\n",
                "a: {a: {a: {a: {a: {a: {a: {a: {a: 1}}}}}}}}}\n",
                "? [a]\n: 1\n",
                "data-dir: a\n---\ndata-dir: b\n",
            })
    void fileThatIsNotAMapOfTextsIsRefusedWithItsLine(String text) {
        assertThat(faults(text, Map.of())).anyMatch(fault -> fault.matches(".*polylog\\.yaml:\\d+: .*"));
    }

    @Test
    void fileOfAnotherEncodingIsRefused() throws IOException {
        Files.write(file(), "data-dir: \u00e4".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> ConfigLoader.load(catalog, Optional.of(file()), Map.of()))
                .hasMessageContaining("not UTF-8");
    }

    @Test
    void fileBeyondTheLimitIsRefused() throws IOException {
        Files.writeString(file(), "#".repeat(YamlSource.MAX_FILE_BYTES + 1));

        assertThatThrownBy(() -> ConfigLoader.load(catalog, Optional.of(file()), Map.of()))
                .hasMessageContaining("larger than");
    }

    @Test
    void missingFileIsRefusedWithWhatToDo() {
        assertThatThrownBy(() -> ConfigLoader.load(catalog, Optional.of(file()), Map.of()))
                .hasMessageContaining("does not exist; name another with --config");
    }

    @Test
    void describedConfigurationReadsBackTheSame() throws IOException {
        EffectiveConfig config = load("data-dir: 'it''s #1: here'\n", Map.of());

        assertThat(load(config.describe(), Map.of()).settings().get(DATA_DIR)).isEqualTo("it's #1: here");
    }

    @Test
    void keysThatShareAVariableAreRefused() {
        assertThatThrownBy(() -> KeyCatalog.of(
                        List.of(ConfigKey.flag("a.b", true, "One."), ConfigKey.flag("a-b", true, "Two.")), List.of()))
                .hasMessageContaining("POLYLOG_A_B");
    }

    private Path file() {
        return directory.resolve("polylog.yaml");
    }

    private EffectiveConfig load(String yaml, Map<String, String> environment) throws IOException {
        Files.writeString(file(), yaml);
        return ConfigLoader.load(catalog, Optional.of(file()), environment);
    }

    private List<String> faults(String yaml, Map<String, String> environment) {
        try {
            load(yaml, environment);
        } catch (ConfigException refused) {
            return refused.faults();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
        return List.of();
    }

    private static ProtocolAdapterFactory protocol(String name, int port, List<ConfigKey<?>> keys) {
        return new ProtocolAdapterFactory() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public int defaultPort() {
                return port;
            }

            @Override
            public List<ConfigKey<?>> keys() {
                return keys;
            }

            @Override
            public ProtocolAdapter create(AdapterContext context, Settings settings) {
                throw new AssertionError("only its keys are looked at");
            }
        };
    }
}
