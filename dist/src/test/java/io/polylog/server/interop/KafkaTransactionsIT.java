package io.polylog.server.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.server.it.StartedGateway;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kafka-transactions}, as a process of its own, against the started archive. */
final class KafkaTransactionsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path directory;

    private static StartedGateway gateway;
    private static KafkaProducer<String, String> producer;

    @BeforeAll
    static void start() throws Exception {
        gateway = StartedGateway.start(directory, Map.of());
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        gateway.endpoint("kafka").toString(),
                        "transactional.id",
                        "clerk",
                        "transaction.timeout.ms",
                        60_000),
                new StringSerializer(),
                new StringSerializer());
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("ledger", "entry")).get();
    }

    @AfterAll
    static void stop() {
        producer.close(Duration.ZERO);
        gateway.close();
    }

    @Test
    void anOpenTransactionIsListedDescribedFoundAndAborted() throws Exception {
        assertThat(transactions("list")).containsPattern("clerk\\s+0\\s+\\d+\\s+Ongoing");
        assertThat(transactions("list", "--transactional-id-pattern", "cl.*")).contains("clerk");
        assertThat(transactions("list", "--transactional-id-pattern", "x.*")).doesNotContain("clerk");
        assertThat(transactions("describe", "--transactional-id", "clerk")).contains("Ongoing", "60000", "ledger-0");
        assertThat(transactions("describe-producers", "--topic", "ledger", "--partition", "0"))
                .containsPattern("\\d+\\s+0\\s+-1\\s+0\\s+\\d+\\s+0");
        assertThat(transactions("find-hanging", "--broker-id", "0", "--max-transaction-timeout", "15"))
                .doesNotContain("ledger");
        transactions("abort", "--topic", "ledger", "--partition", "0", "--start-offset", "0");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(transactions("describe-producers", "--topic", "ledger", "--partition", "0"))
                                .contains("None"));
    }

    private static String transactions(String... arguments) throws Exception {
        return new KafkaTool("TransactionsCommand", directory).run(gateway.endpoint("kafka"), arguments);
    }
}
