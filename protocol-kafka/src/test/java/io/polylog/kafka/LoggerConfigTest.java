package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.spi.LogLevels;
import io.polylog.testkit.TestGateway;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Levels of loggers, seen and changed by the stock AdminClient (KIP-412). */
class LoggerConfigTest {

    private static final String LOGGER = "io.polylog.sample";
    private static final ConfigResource NODE = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "0");

    @TempDir
    Path directory;

    private TestGateway gateway;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new KafkaAdapterFactory());
        admin = SecureClients.admin(SecureClients.plain(gateway.port("kafka")));
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
        gateway.close();
    }

    private void change(OpType operation, String logger, String level, boolean dryRun) throws Exception {
        Map<ConfigResource, Collection<AlterConfigOp>> changes =
                Map.of(NODE, List.of(new AlterConfigOp(new ConfigEntry(logger, level), operation)));
        admin.incrementalAlterConfigs(changes, new AlterConfigsOptions().validateOnly(dryRun))
                .all()
                .get();
    }

    private ConfigEntry described(String logger) throws Exception {
        return admin.describeConfigs(List.of(NODE)).all().get().get(NODE).get(logger);
    }

    @Test
    void levelsAreSeenSetAndTakenBack() throws Exception {
        assertThat(described(LogLevels.ROOT).value()).isEqualTo("INFO");
        change(OpType.SET, LOGGER, "DEBUG", true);
        assertThat(described(LOGGER).value()).isEqualTo("INFO");
        change(OpType.SET, LOGGER, "DEBUG", false);
        assertThat(described(LOGGER).value()).isEqualTo("DEBUG");
        assertThat(described(LOGGER).source()).isEqualTo(ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG);
        change(OpType.SET, LOGGER, "FATAL", false);
        assertThat(described(LOGGER).value()).isEqualTo("ERROR");
        change(OpType.DELETE, LOGGER, null, false);
        assertThat(described(LOGGER).value()).isEqualTo("INFO");
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        refused(InvalidConfigurationException.class, OpType.SET, LOGGER, "LOUD");
        refused(InvalidConfigurationException.class, OpType.SET, LOGGER, "debug");
        refused(InvalidConfigurationException.class, OpType.SET, "org.apache.kafka", "DEBUG");
        refused(InvalidConfigurationException.class, OpType.DELETE, "no.such.logger", null);
        refused(InvalidRequestException.class, OpType.DELETE, LogLevels.ROOT, null);
        refused(InvalidRequestException.class, OpType.APPEND, LOGGER, "DEBUG");
    }

    private void refused(Class<? extends Exception> expected, OpType operation, String logger, String level) {
        assertThatThrownBy(() -> change(operation, logger, level, false)).hasCauseInstanceOf(expected);
    }
}
