package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.TestGateway;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings of the broker across restarts. */
class BrokerConfigRestartTest {

    @TempDir
    Path directory;

    private static String retention(Admin admin) throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "t");
        return admin.describeConfigs(List.of(topic))
                .all()
                .get()
                .get(topic)
                .get("retention.ms")
                .value();
    }

    /** The first restart reads the journal, the second a checkpoint. */
    @Test
    void settingsOfTheBrokerSurviveRestarts() throws Exception {
        try (TestGateway gateway = TestGateway.start(directory, new KafkaAdapterFactory());
                Admin admin = SecureClients.admin(SecureClients.plain(gateway.port("kafka")))) {
            admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
            Map<ConfigResource, Collection<AlterConfigOp>> changes = Map.of(
                    new ConfigResource(ConfigResource.Type.BROKER, ""),
                    List.of(new AlterConfigOp(new ConfigEntry("log.retention.ms", "44"), OpType.SET)),
                    new ConfigResource(ConfigResource.Type.BROKER, "0"),
                    List.of(new AlterConfigOp(new ConfigEntry("log.roll.ms", "55"), OpType.SET)));
            admin.incrementalAlterConfigs(changes).all().get();
        }
        for (int restart = 0; restart < 2; restart++) {
            try (TestGateway gateway = TestGateway.start(directory, new KafkaAdapterFactory());
                    Admin admin = SecureClients.admin(SecureClients.plain(gateway.port("kafka")))) {
                assertThat(retention(admin)).isEqualTo("44");
                assertThat(gateway.context().brokerSettings().given("0")).isEqualTo(Map.of("log.roll.ms", "55"));
                assertThat(gateway.checkpoint()).isTrue();
            }
        }
    }
}
