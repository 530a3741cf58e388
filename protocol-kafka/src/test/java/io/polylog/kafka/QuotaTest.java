package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.testkit.TestGateway;
import io.polylog.time.NanoClock;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Quotas as Kafka's tools set them, and clients that are held to them (KIP-219). */
@Execution(ExecutionMode.CONCURRENT)
class QuotaTest {

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
        assertThat(gateway.failure()).isNull();
    }

    private void set(Map<String, String> entity, String key, Double value) throws Exception {
        admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                        new ClientQuotaEntity(entity), List.of(new ClientQuotaAlteration.Op(key, value)))))
                .all()
                .get();
    }

    private static Map<String, String> byDefault(String type) {
        Map<String, String> entity = new HashMap<>();
        entity.put(type, null);
        return entity;
    }

    private Map<String, Object> client(String id) {
        Map<String, Object> settings = SecureClients.plain(gateway.port("kafka"));
        settings.put("client.id", id);
        return settings;
    }

    /** Milliseconds that it takes to write so many kilobytes, one after the other. */
    private long produce(String clientId, int count) throws Exception {
        try (Producer<byte[], byte[]> producer = SecureClients.producer(client(clientId))) {
            producer.send(new ProducerRecord<>("t", new byte[1])).get();
            long from = NanoClock.system().nanoTime();
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>("t", new byte[1_000])).get();
            }
            return (NanoClock.system().nanoTime() - from) / 1_000_000;
        }
    }

    /** 30 KB at 10 KB a second, of which the first second's worth is free: two seconds, whatever the machine. */
    @Test
    void aProducerBeyondItsQuotaIsHeldBack() throws Exception {
        set(Map.of("client-id", "busy"), "producer_byte_rate", 10_000.0);

        assertThat(produce("busy", 30)).isGreaterThan(1_900);
    }

    @Test
    void theAnswerSaysHowLong() throws Exception {
        set(byDefault("user"), "producer_byte_rate", 1_000.0);
        try (Producer<byte[], byte[]> producer = SecureClients.producer(client("any"))) {
            producer.send(new ProducerRecord<>("t", new byte[2_000])).get();
            assertThat(metric(producer, "produce-throttle-time-max")).isGreaterThan(900);
        }
    }

    private static double metric(Producer<?, ?> producer, String name) {
        return producer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals(name))
                .mapToDouble(metric -> (double) metric.getValue().metricValue())
                .max()
                .orElseThrow();
    }

    @Test
    void aConsumerBeyondItsQuotaIsHeldBack() throws Exception {
        produce("free", 20);
        set(Map.of("client-id", "slow"), "consumer_byte_rate", 5_000.0);
        Map<String, Object> settings = client("slow");
        settings.put("max.partition.fetch.bytes", "1100");

        long from = NanoClock.system().nanoTime();
        SecureClients.read(settings, "t", 21);

        assertThat((NanoClock.system().nanoTime() - from) / 1_000_000).isGreaterThan(2_500);
    }

    @Test
    void quotasAreDescribedAndSurviveARestart() throws Exception {
        set(Map.of("user", "anna"), "producer_byte_rate", 1_000.0);
        set(Map.of("user", "anna", "client-id", "app"), "consumer_byte_rate", 2_000.0);
        set(byDefault("user"), "producer_byte_rate", 3_000.0);
        set(Map.of("user", "ben"), "producer_byte_rate", 4_000.0);
        set(Map.of("user", "ben"), "producer_byte_rate", null);
        set(Map.of("ip", "::1"), "connection_creation_rate", 5_000.0);
        set(Map.of("user", "carl"), "request_percentage", 12.5);
        admin.close();
        gateway.close();
        start();

        assertThat(admin.describeClientQuotas(ClientQuotaFilter.all())
                        .entities()
                        .get())
                .isEqualTo(Map.of(
                        new ClientQuotaEntity(Map.of("user", "anna")), Map.of("producer_byte_rate", 1_000.0),
                        new ClientQuotaEntity(Map.of("user", "anna", "client-id", "app")),
                                Map.of("consumer_byte_rate", 2_000.0),
                        new ClientQuotaEntity(byDefault("user")), Map.of("producer_byte_rate", 3_000.0),
                        new ClientQuotaEntity(Map.of("ip", "0:0:0:0:0:0:0:1")),
                                Map.of("connection_creation_rate", 5_000.0),
                        new ClientQuotaEntity(Map.of("user", "carl")), Map.of("request_percentage", 12.5)));
        assertThat(described(ClientQuotaFilter.contains(List.of(ClientQuotaFilterComponent.ofEntityType("ip")))))
                .isEqualTo(1);
        assertThat(described(
                        ClientQuotaFilter.containsOnly(List.of(ClientQuotaFilterComponent.ofEntity("user", "anna")))))
                .isEqualTo(1);
        assertThat(described(ClientQuotaFilter.contains(List.of(ClientQuotaFilterComponent.ofEntity("user", "anna")))))
                .isEqualTo(2);
        assertThat(described(ClientQuotaFilter.contains(List.of(ClientQuotaFilterComponent.ofDefaultEntity("user")))))
                .isEqualTo(1);
        assertThat(described(ClientQuotaFilter.contains(List.of(ClientQuotaFilterComponent.ofEntityType("client-id")))))
                .isEqualTo(1);
    }

    private int described(ClientQuotaFilter filter) throws Exception {
        return admin.describeClientQuotas(filter).entities().get().size();
    }

    @Test
    void whatIsNotKeptToIsRefused() {
        assertRefused("user", "producer_byte_rate", 0);
        assertRefused("user", "producer_byte_rate", -1);
        assertRefused("user", "producer_byte_rate", 1.5);
        assertRefused("user", "request_percentage", 0);
        assertRefused("user", "anything", 10);
        assertRefused("user", "connection_creation_rate", 10);
        assertRefused("ip", "request_percentage", 10);
        assertRefused("ip", "connection_creation_rate", 1.5);
        assertRefused("ip", "connection_creation_rate", 3e9);
        assertThatThrownBy(() -> set(Map.of("ip", "localhost"), "connection_creation_rate", 1.0))
                .hasCauseInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> set(Map.of("ip", "127.0.0.1", "user", "anna"), "connection_creation_rate", 1.0))
                .hasCauseInstanceOf(InvalidRequestException.class);
    }

    private void assertRefused(String type, String key, double value) {
        assertThatThrownBy(() -> set(Map.of(type, "127.0.0.1"), key, value))
                .hasCauseInstanceOf(InvalidRequestException.class);
    }
}
