package io.polylog.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.it.StartedGateway;
import io.polylog.testkit.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own tools, and kcat, against the started archive with TLS, SASL and access control lists. */
final class SecureToolsIT {

    @TempDir
    private static Path directory;

    private static TestAuthority authority;
    private static StartedGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        authority = new TestAuthority(Files.createDirectory(directory.resolve("tls")));
        TestAuthority.Identity server = authority.issue("CN=gateway");
        Files.writeString(directory.resolve("password"), "root-secret\n");
        gateway = StartedGateway.start(
                directory,
                Map.of(
                        "POLYLOG_KAFKA_TLS_CERTIFICATE",
                        server.chain().toString(),
                        "POLYLOG_KAFKA_TLS_KEY",
                        server.key().toString(),
                        "POLYLOG_KAFKA_SASL_MECHANISMS",
                        "SCRAM-SHA-512,PLAIN",
                        "POLYLOG_SECURITY_ACLS",
                        "true",
                        "POLYLOG_SECURITY_ADMIN_USER",
                        "root",
                        "POLYLOG_SECURITY_ADMIN_PASSWORD_FILE",
                        directory.resolve("password").toString()));
        properties("root");
        properties("anna");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static void properties(String user) throws Exception {
        Files.writeString(file(user), """
                security.protocol=SASL_SSL
                sasl.mechanism=SCRAM-SHA-512
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
                username="%s" password="%s-secret";
                ssl.truststore.type=PEM
                ssl.truststore.location=%s
                """.formatted(user, user, authority.certificate()));
    }

    private static Path file(String user) {
        return directory.resolve(user + ".properties");
    }

    private static String as(String user, String tool, String input, String... arguments) throws Exception {
        String[] all = new String[arguments.length + 2];
        all[0] = "--command-config";
        all[1] = file(user).toString();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return new KafkaTool(tool, directory).runWithInput(input, gateway.endpoint("kafka"), all);
    }

    @Test
    void aUserIsMadeGivenRightsAndHeldToThem() throws Exception {
        as(
                "root",
                "ConfigCommand",
                "",
                "--alter",
                "--add-config",
                "SCRAM-SHA-512=[iterations=4096,password=anna-secret]",
                "--entity-type",
                "users",
                "--entity-name",
                "anna");
        as(
                "root",
                "ConfigCommand",
                "",
                "--alter",
                "--add-config",
                "producer_byte_rate=1000000",
                "--entity-type",
                "users",
                "--entity-name",
                "anna");
        assertThat(as("root", "ConfigCommand", "", "--describe", "--entity-type", "users", "--entity-name", "anna"))
                .contains("producer_byte_rate=1000000.0", "SCRAM-SHA-512=iterations=4096")
                .doesNotContain("secret");
        acls("--producer", "--topic", "orders");
        acls("--consumer", "--topic", "orders", "--group", "readers");
        assertThat(as("root", "AclCommand", "", "--list"))
                .contains("name=orders", "principal=User:anna", "operation=WRITE", "permissionType=ALLOW");

        as("anna", "ConsoleProducer", "one\ntwo\n", "--topic", "orders");
        assertThat(as(
                        "anna",
                        "consumer.ConsoleConsumer",
                        "",
                        "--topic",
                        "orders",
                        "--from-beginning",
                        "--max-messages",
                        "2",
                        "--group",
                        "readers"))
                .contains("one\ntwo\n");
        assertThat(kcat("-C", "-t", "orders", "-e", "-q")).isEqualTo("one\ntwo\n");
        assertThat(new KafkaTool("TopicCommand", directory)
                        .tried(
                                gateway.endpoint("kafka"),
                                "--command-config",
                                file("anna").toString(),
                                "--delete",
                                "--topic",
                                "orders"))
                .contains("TopicAuthorizationException");
    }

    private static void acls(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 3];
        all[0] = "--add";
        all[1] = "--allow-principal";
        all[2] = "User:anna";
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        as("root", "AclCommand", "", all);
    }

    /** By PLAIN: librdkafka before 2.6.1 repeats its nonce with SCRAM, which Kafka refuses too (CVE-2024-56128). */
    private static String kcat(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 13];
        String[] settings = {
            "kcat",
            "-b",
            gateway.endpoint("kafka").toString(),
            "-X",
            "security.protocol=SASL_SSL",
            "-X",
            "sasl.mechanisms=PLAIN",
            "-X",
            "sasl.username=anna",
            "-X",
            "sasl.password=anna-secret",
            "-X",
            "ssl.ca.location=" + authority.certificate()
        };
        System.arraycopy(settings, 0, all, 0, settings.length);
        System.arraycopy(arguments, 0, all, settings.length, arguments.length);
        try (NativeClient client = NativeClient.start(directory, "", all)) {
            return client.output();
        }
    }
}
