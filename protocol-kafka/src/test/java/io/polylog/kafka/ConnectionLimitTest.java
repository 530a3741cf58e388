package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.testkit.TestGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many connections there may be, as it is changed while the gateway runs (KIP-402). */
class ConnectionLimitTest {

    private static final String ONE = "127.0.0.5";
    private static final String OTHER = "127.0.0.6";

    @TempDir
    Path directory;

    private TestGateway gateway;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(
                directory, Map.of("kafka.max-connections-per-address", "50"), new KafkaAdapterFactory());
        admin = SecureClients.admin(SecureClients.plain(gateway.port("kafka")));
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    private void change(OpType operation, String... namesAndValues) throws Exception {
        List<AlterConfigOp> changes = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            changes.add(new AlterConfigOp(new ConfigEntry(namesAndValues[i], namesAndValues[i + 1]), operation));
        }
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.BROKER, "0"), changes))
                .all()
                .get();
    }

    private RawClient connect(String from) throws IOException {
        return new RawClient(gateway.port("kafka"), from);
    }

    private static boolean isHeard(RawClient client) {
        try {
            client.send(ApiKeys.METADATA, (short) 9, 1, new MetadataRequestData());
            client.receive(ApiKeys.METADATA, (short) 9, 1);
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    private boolean comesIn(String from) throws IOException {
        try (RawClient client = connect(from)) {
            return isHeard(client);
        }
    }

    @Test
    void anAddressHasSoManyAndNoMoreUntilOneOfThemEnds() throws Exception {
        change(OpType.SET, "max.connections.per.ip.overrides", ONE + ":2");
        try (RawClient first = connect(ONE);
                RawClient second = connect(ONE)) {
            assertThat(List.of(isHeard(first), isHeard(second))).containsExactly(true, true);
            assertThat(comesIn(ONE)).isFalse();
            assertThat(comesIn(OTHER)).isTrue();
            assertThat(gateway.counters("polylog_connections_refused_total")).containsValue(1L);
            assertThat(isHeard(first)).isTrue();
            second.close();
            Awaitility.await("room").until(() -> comesIn(ONE));
        }
    }

    @Test
    void everyAddressHasTheSameUnlessItHasItsOwn() throws Exception {
        change(OpType.SET, "max.connections.per.ip", "0", "max.connections.per.ip.overrides", OTHER + ":1");
        assertThat(comesIn(ONE)).isFalse();
        assertThat(comesIn("127.0.0.1")).isFalse();
        assertThat(comesIn(OTHER)).isTrue();
        change(OpType.DELETE, "max.connections.per.ip", null);
        assertThat(comesIn(ONE)).isTrue();
    }

    @Test
    void zeroForAllLeavesNobodyWhoCouldChangeIt() {
        assertThatThrownBy(() -> change(OpType.SET, "max.connections.per.ip", "0"))
                .hasCauseInstanceOf(InvalidRequestException.class);
    }

    @Test
    void whatTheFileSaysHoldsUntilSomebodySaysOtherwise() throws Exception {
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "0");
        ConfigEntry limit =
                admin.describeConfigs(List.of(broker)).all().get().get(broker).get("max.connections.per.ip");
        assertThat(limit.value()).isEqualTo("50");
        assertThat(limit.source()).isEqualTo(ConfigEntry.ConfigSource.STATIC_BROKER_CONFIG);
    }

    @Test
    void thoseThatAreThereStayWhenThereAreTooManyAlready() throws Exception {
        try (RawClient early = connect(ONE)) {
            assertThat(isHeard(early)).isTrue();
            change(OpType.SET, "max.connections", "1");
            assertThat(comesIn(OTHER)).isFalse();
            assertThat(isHeard(early)).isTrue();
            change(OpType.DELETE, "max.connections", null);
            assertThat(comesIn(OTHER)).isTrue();
        }
    }
}
