package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.TestGateway;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Stock share consumers and a stock transactional producer (KIP-932, {@code share.isolation.level}). */
@Execution(ExecutionMode.CONCURRENT)
class ShareIsolationTest {

    private static final String GROUP = "isolated";
    private static final String LEVEL = "share.isolation.level";

    @TempDir
    Path directory;

    private TestGateway gateway;
    private ShareClients clients;
    private Producer<String, String> producer;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new KafkaAdapterFactory());
        String bootstrap = "localhost:" + gateway.port("kafka");
        clients = new ShareClients(bootstrap);
        clients.createTopic("t", 1);
        clients.configureGroup(GROUP, "share.auto.offset.reset", "earliest");
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "transactional.id", "writer", "linger.ms", "0"),
                new StringSerializer(),
                new StringSerializer());
        producer.initTransactions();
    }

    @AfterEach
    void stop() throws Exception {
        producer.close();
        clients.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    private void begin(String... values) {
        producer.beginTransaction();
        for (String value : values) {
            producer.send(new ProducerRecord<>("t", value));
        }
        producer.flush();
    }

    private void abort(String... values) {
        begin(values);
        producer.abortTransaction();
    }

    private void commit(String... values) {
        begin(values);
        producer.commitTransaction();
    }

    @Test
    void byDefaultAbortedAndOpenTransactionsAreHandedOut() {
        abort("a1", "a2");
        commit("c1");
        begin("o1");
        ShareConsumer<String, String> member = clients.consumer(GROUP, Map.of());

        assertThat(clients.readAll(4, member)).containsExactly("a1", "a2", "c1", "o1");
    }

    @Test
    void committedHandsOutNothingThatIsAbortedOrOpen() throws Exception {
        clients.configureGroup(GROUP, LEVEL, "read_committed");
        abort("a1", "a2");
        commit("c1", "c2");
        ShareConsumer<String, String> member = clients.consumer(GROUP, Map.of());
        assertThat(clients.readAll(2, member)).containsExactly("c1", "c2");

        begin("o1");
        clients.produce("t", List.of("p1"));
        producer.abortTransaction();
        commit("c3");

        assertThat(clients.readAll(2, member)).containsExactly("p1", "c3");
        member.commitSync();
        assertThat(clients.lags(GROUP).values())
                .as("what was aborted is settled")
                .containsOnly(0L);
    }

    @Test
    void levelThatIsChangedBindsAMemberAtOnce() throws Exception {
        clients.configureGroup(GROUP, LEVEL, "read_committed");
        ShareConsumer<String, String> member = clients.consumer(GROUP, Map.of());
        begin("o1");
        clients.produce("t", List.of("p1"));
        clients.awaitSeated(GROUP, member);
        clients.configureGroup(GROUP, LEVEL, "read_uncommitted");
        assertThat(clients.readAll(2, member)).containsExactly("o1", "p1");
        producer.abortTransaction();

        clients.configureGroup(GROUP, LEVEL, "read_committed");
        abort("a1");
        commit("c1");

        assertThat(clients.readAll(1, member)).containsExactly("c1");
    }
}
