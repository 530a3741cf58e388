package io.polylog.kafka;

import static io.polylog.kafka.FetchClient.partition;
import static io.polylog.kafka.FetchClient.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.security.Acl;
import io.polylog.security.Operation;
import io.polylog.security.Principal;
import io.polylog.security.ResourceType;
import io.polylog.testkit.TestGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.FetchResponseData;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be read is asked for each partition of a fetch session at each fetch. */
class FetchRightsTest {

    private static final Acl READ = new Acl(
            ResourceType.TOPIC,
            Acl.Pattern.LITERAL,
            "mine",
            Principal.ANONYMOUS.toString(),
            Acl.ANY,
            Operation.READ,
            true);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(shorts = {FetchClient.BY_NAME, FetchClient.BY_ID})
    void rightsCountFromTheNextFetchOn(short version) throws Exception {
        Files.writeString(directory.resolve("password"), "pw");
        Map<String, String> settings = Map.of(
                "security.acls", "true",
                "security.admin-user", "root",
                "security.admin-password-file", directory.resolve("password").toString());
        try (TestGateway gateway = TestGateway.start(directory.resolve("data"), settings, new KafkaAdapterFactory());
                FetchClient client = new FetchClient(gateway.port("kafka"), version)) {
            Topic mine = create(gateway, "mine");
            Topic other = create(gateway, "other");
            change(gateway, List.of(READ), List.of());

            FetchResponseData opened =
                    client.ask(0, 0, client.topic(mine, partition(0, 0)), client.topic(other, partition(0, 0)));
            assertThat(told(opened)).isEqualTo("0: nothing of 0..0, 0: TOPIC_AUTHORIZATION_FAILED");
            int id = opened.sessionId();
            change(gateway, List.of(), List.of(READ));
            assertThat(told(client.ask(id, 1)))
                    .isEqualTo("0: TOPIC_AUTHORIZATION_FAILED, 0: TOPIC_AUTHORIZATION_FAILED");
            change(gateway, List.of(READ), List.of());
            assertThat(told(client.ask(id, 2))).isEqualTo("0: nothing of 0..0, 0: TOPIC_AUTHORIZATION_FAILED");
            assertThat(told(client.ask(0, -1, client.topic(other, partition(0, 0)))))
                    .as("without a session")
                    .isEqualTo("0: TOPIC_AUTHORIZATION_FAILED");
        }
    }

    private static Topic create(TestGateway gateway, String name) {
        return gateway.context().topics().ensure(name).toCompletableFuture().join();
    }

    private static void change(TestGateway gateway, List<Acl> added, List<Acl> removed) {
        gateway.context()
                .security()
                .acls()
                .change(added, removed)
                .toCompletableFuture()
                .join();
    }
}
