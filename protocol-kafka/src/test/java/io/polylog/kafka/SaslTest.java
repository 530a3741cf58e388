package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.polylog.testkit.TestAuthority;
import io.polylog.testkit.TestGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock clients prove who they are by passwords. */
@Execution(ExecutionMode.CONCURRENT)
class SaslTest {

    private static final String ADMIN = "root";
    private static final String PASSWORD = "correct horse";

    @TempDir
    Path directory;

    private TestGateway gateway;

    @BeforeEach
    void writePassword() throws Exception {
        Files.writeString(directory.resolve("password"), PASSWORD + "\n");
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    private void start(Map<String, String> settings) throws Exception {
        Map<String, String> all = new HashMap<>(Map.of(
                "kafka.sasl.mechanisms",
                "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
                "security.admin-user",
                ADMIN,
                "security.admin-password-file",
                directory.resolve("password").toString()));
        all.putAll(settings);
        gateway = TestGateway.start(directory.resolve("data"), all, new KafkaAdapterFactory());
    }

    private Map<String, Object> as(String mechanism, String user, String password) {
        return SecureClients.sasl(SecureClients.plain(gateway.port("kafka")), mechanism, user, password);
    }

    private void make(String user, String password) throws Exception {
        try (Admin admin = SecureClients.admin(as("SCRAM-SHA-512", ADMIN, PASSWORD))) {
            admin.alterUserScramCredentials(List.of(
                            new UserScramCredentialUpsertion(
                                    user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), password),
                            new UserScramCredentialUpsertion(
                                    user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192), password)))
                    .all()
                    .get();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"})
    void whoHasThePasswordComesInAndNobodyElse(String mechanism) throws Exception {
        start(Map.of());
        make("anna", "secret");

        SecureClients.produce(as(mechanism, "anna", "secret"), "t", new byte[] {1});
        assertThat(SecureClients.read(as(mechanism, ADMIN, PASSWORD), "t", 1)).hasSize(1);
        for (Map<String, Object> stranger : List.of(
                as(mechanism, "anna", "Secret"), as(mechanism, "ben", "secret"), as(mechanism, ADMIN, "secret"))) {
            assertThatThrownBy(() -> SecureClients.produce(stranger, "t", new byte[] {2}))
                    .isInstanceOf(SaslAuthenticationException.class)
                    .hasMessage("Authentication failed with SASL mechanism " + mechanism);
        }
        assertThat(gateway.counters("polylog_auth_failures_total").values()).containsOnly(3L);
    }

    @Test
    void credentialsSurviveARestartAndGoWhenRemoved() throws Exception {
        start(Map.of());
        make("anna", "secret");
        gateway.close();
        start(Map.of());

        SecureClients.produce(as("SCRAM-SHA-256", "anna", "secret"), "t", new byte[] {1});
        try (Admin admin = SecureClients.admin(as("PLAIN", ADMIN, PASSWORD))) {
            assertThat(admin.describeUserScramCredentials()
                            .all()
                            .get()
                            .get("anna")
                            .credentialInfos())
                    .containsExactly(
                            new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096),
                            new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192));
            admin.alterUserScramCredentials(
                            List.of(new UserScramCredentialDeletion("anna", ScramMechanism.SCRAM_SHA_256)))
                    .all()
                    .get();
        }
        assertThatThrownBy(() -> SecureClients.produce(as("SCRAM-SHA-256", "anna", "secret"), "t", new byte[] {1}))
                .isInstanceOf(SaslAuthenticationException.class);
        SecureClients.produce(as("SCRAM-SHA-512", "anna", "secret"), "t", new byte[] {1});
    }

    @Test
    void credentialsThatCannotBeAreRefused() throws Exception {
        start(Map.of());
        try (Admin admin = SecureClients.admin(as("SCRAM-SHA-512", ADMIN, PASSWORD))) {
            for (int iterations : new int[] {0, 4095, 16_385, Integer.MAX_VALUE}) {
                // The salted password is made up: salting it 2^31 times is what must not be asked of anybody.
                assertThat(RawScram.alter(gateway.port("kafka"), ADMIN, PASSWORD, iterations))
                        .as("%s iterations", iterations)
                        .isEqualTo(Errors.UNACCEPTABLE_CREDENTIAL);
            }
            assertThatThrownBy(() -> admin.alterUserScramCredentials(
                                    List.of(new UserScramCredentialDeletion("nobody", ScramMechanism.SCRAM_SHA_256)))
                            .all()
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(ResourceNotFoundException.class);
            assertThatThrownBy(() -> admin.describeUserScramCredentials(List.of("nobody"))
                            .description("nobody")
                            .get())
                    .hasCauseInstanceOf(ResourceNotFoundException.class);
        }
    }

    @Test
    void aMechanismThatIsNotOfferedIsRefused() throws Exception {
        start(Map.of("kafka.sasl.mechanisms", "SCRAM-SHA-512"));

        assertThatThrownBy(() -> SecureClients.produce(as("PLAIN", ADMIN, PASSWORD), "t", new byte[] {1}))
                .isInstanceOf(UnsupportedSaslMechanismException.class);
    }

    @ParameterizedTest
    @CsvSource({"PLAIN", "SCRAM-SHA-512"})
    void worksOverTlsToo(String mechanism) throws Exception {
        TestAuthority authority = new TestAuthority(Files.createDirectory(directory.resolve("tls")));
        TestAuthority.Identity server = authority.issue("CN=gateway");
        start(Map.of(
                "kafka.tls.certificate", server.chain().toString(),
                "kafka.tls.key", server.key().toString()));
        Map<String, Object> tls = SecureClients.tls(gateway.tlsPort("kafka"), authority);

        SecureClients.produce(SecureClients.sasl(tls, mechanism, ADMIN, PASSWORD), "t", new byte[] {1});
        assertThatThrownBy(() ->
                        SecureClients.produce(SecureClients.sasl(tls, mechanism, ADMIN, "wrong"), "t", new byte[] {1}))
                .isInstanceOf(SaslAuthenticationException.class);
    }

    /** The client proves it again while it works, many times in this test, and notices nothing (KIP-368). */
    @Test
    void whoProvesItAgainInTimeGoesOn() throws Exception {
        start(Map.of("kafka.sasl.session-lifetime-ms", "300"));
        try (var producer = SecureClients.producer(as("SCRAM-SHA-512", ADMIN, PASSWORD))) {
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                producer.send(new ProducerRecord<>("t", new byte[1])).get();
                return producer.metrics().entrySet().stream()
                                .filter(metric -> metric.getKey().name().equals("successful-reauthentication-total"))
                                .mapToDouble(
                                        metric -> (double) metric.getValue().metricValue())
                                .sum()
                        > 2;
            });
        }
    }
}
