package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.disk.Disk;
import io.polylog.testkit.TestGateway;
import io.polylog.time.EpochClock;
import java.io.EOFException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DeleteTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Quotas of requests' time (KIP-124), of partitions made and deleted (KIP-599), and of connections (KIP-612); the test turns the clock. */
class RateQuotaTest {

    private static final String CLIENT = "raw"; // as RawClient calls itself

    @TempDir
    Path directory;

    private final AtomicLong nanos = new AtomicLong();

    /** How long each request takes: what passes between two looks at the clock. */
    private final AtomicLong nanosALook = new AtomicLong();

    private TestGateway gateway;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(
                directory,
                Map.of(),
                Disk.system(),
                EpochClock.system(),
                () -> nanos.addAndGet(nanosALook.get()),
                new KafkaAdapterFactory());
        admin = SecureClients.admin(SecureClients.plain(gateway.port("kafka")));
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    private void set(String type, String name, String key, double value) throws Exception {
        Map<String, String> entity = new HashMap<>();
        entity.put(type, name);
        admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                        new ClientQuotaEntity(entity), List.of(new ClientQuotaAlteration.Op(key, value)))))
                .all()
                .get();
    }

    private Admin client() {
        Map<String, Object> settings = SecureClients.plain(gateway.port("kafka"));
        settings.put("client.id", CLIENT);
        return SecureClients.admin(settings);
    }

    private static NewTopic topic(String name, int partitions) {
        return new NewTopic(name, partitions, (short) 1);
    }

    @Test
    void aClientThatTakesMoreThanItsShareOfTimeWaits() throws Exception {
        set("client-id", CLIENT, "request_percentage", 10);
        try (RawClient client = new RawClient(gateway.port("kafka"))) {
            nanosALook.set(TimeUnit.MILLISECONDS.toNanos(60));
            assertThat(metadata(client, 1).throttleTimeMs()).isZero();
            nanosALook.set(TimeUnit.MILLISECONDS.toNanos(70));
            assertThat(metadata(client, 2).throttleTimeMs()).isPositive();
            nanosALook.set(0);
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
            assertThat(metadata(client, 3).throttleTimeMs()).isZero();
        }
    }

    /** However much it has used, a client is kept waiting for a second at a time. */
    @Test
    void timeIsWaitedForASecondAtATime() throws Exception {
        set("client-id", CLIENT, "request_percentage", 0.1);
        try (RawClient client = new RawClient(gateway.port("kafka"))) {
            nanosALook.set(TimeUnit.SECONDS.toNanos(1));
            assertThat(metadata(client, 1).throttleTimeMs()).isEqualTo(1_000);
            nanosALook.set(0);
        }
    }

    private static AbstractResponse metadata(RawClient client, int id) throws Exception {
        client.send(ApiKeys.METADATA, (short) 9, id, new MetadataRequestData());
        return client.receive(ApiKeys.METADATA, (short) 9, id);
    }

    @Test
    void whoHasMadeTooManyPartitionsIsRefusedForAWhile() throws Exception {
        set("client-id", CLIENT, "controller_mutation_rate", 1);
        try (Admin client = client()) {
            client.createTopics(List.of(topic("many", 13))).all().get(); // 11 at once, and 2 that are owed

            CreateTopicsOptions once = new CreateTopicsOptions().retryOnQuotaViolation(false);
            assertThatThrownBy(() -> client.createTopics(List.of(topic("more", 1)), once)
                            .all()
                            .get())
                    .cause()
                    .isInstanceOfSatisfying(
                            ThrottlingQuotaExceededException.class,
                            exceeded -> assertThat(exceeded.throttleTimeMs()).isPositive());
            assertThatThrownBy(() -> client.createPartitions(
                                    Map.of("many", NewPartitions.increaseTo(14)),
                                    new CreatePartitionsOptions().retryOnQuotaViolation(false))
                            .all()
                            .get())
                    .hasCauseInstanceOf(ThrottlingQuotaExceededException.class);
            assertThatThrownBy(() -> client.deleteTopics(
                                    TopicCollection.ofTopicNames(List.of("many")),
                                    new DeleteTopicsOptions().retryOnQuotaViolation(false))
                            .all()
                            .get())
                    .hasCauseInstanceOf(ThrottlingQuotaExceededException.class);
            assertThat(admin.listTopics().names().get()).containsExactly("many");

            nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
            client.createTopics(List.of(topic("more", 1)), once).all().get();
        }
    }

    /** Versions that know no such error: the topic is made, and the client waits afterwards. */
    @Test
    void olderClientsWaitAndAreNotRefused() throws Exception {
        set("client-id", CLIENT, "controller_mutation_rate", 1);
        try (RawClient client = new RawClient(gateway.port("kafka"))) {
            CreateTopicsResponse first = create(client, 1, "first", 11);
            assertThat(first.throttleTimeMs()).isZero();
            CreateTopicsResponse second = create(client, 2, "second", 1);
            assertThat(second.data().topics().find("second").errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(second.throttleTimeMs()).isEqualTo(1_000);
        }
    }

    private static CreateTopicsResponse create(RawClient client, int id, String name, int partitions) throws Exception {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(10_000);
        request.topics()
                .add(new CreateTopicsRequestData.CreatableTopic()
                        .setName(name)
                        .setNumPartitions(partitions)
                        .setReplicationFactor((short) 1));
        client.send(ApiKeys.CREATE_TOPICS, (short) 5, id, request);
        return (CreateTopicsResponse) client.receive(ApiKeys.CREATE_TOPICS, (short) 5, id);
    }

    @Test
    void anAddressThatConnectsTooOftenIsHungUpOn() throws Exception {
        set("ip", "127.0.0.1", "connection_creation_rate", 1);
        try (RawClient first = new RawClient(gateway.port("kafka"))) {
            assertThat(metadata(first, 1).throttleTimeMs()).isZero();
            try (RawClient second = new RawClient(gateway.port("kafka"))) {
                assertThatThrownBy(() -> metadata(second, 1)).isInstanceOf(EOFException.class);
            }
            assertThat(gateway.counters("polylog_connections_throttled_total")).containsValue(1L);
            assertThat(metadata(first, 2).throttleTimeMs()).isZero();
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
            try (RawClient third = new RawClient(gateway.port("kafka"))) {
                assertThat(metadata(third, 1).throttleTimeMs()).isZero();
            }
        }
    }

    @Test
    void anAddressHasItsOwnLimitOrThatOfEach() throws Exception {
        set("ip", null, "connection_creation_rate", 1);
        set("ip", "127.0.0.1", "connection_creation_rate", 1_000);
        for (int connection = 0; connection < 5; connection++) {
            try (RawClient client = new RawClient(gateway.port("kafka"))) {
                assertThat(metadata(client, 1).throttleTimeMs()).isZero();
            }
        }
    }

    @Test
    void allAddressesTogetherConnectAsOftenAsTheBrokerSays() throws Exception {
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "0");
        ConfigEntry rate = new ConfigEntry("max.connection.creation.rate", "2");
        admin.incrementalAlterConfigs(Map.of(broker, List.of(new AlterConfigOp(rate, OpType.SET))))
                .all()
                .get();
        try (RawClient first = new RawClient(gateway.port("kafka"), "127.0.0.5");
                RawClient second = new RawClient(gateway.port("kafka"), "127.0.0.6");
                RawClient third = new RawClient(gateway.port("kafka"), "127.0.0.7")) {
            assertThat(metadata(first, 1).throttleTimeMs()).isZero();
            assertThat(metadata(second, 1).throttleTimeMs()).isZero();
            assertThatThrownBy(() -> metadata(third, 1)).isInstanceOf(EOFException.class);
        }
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        try (RawClient later = new RawClient(gateway.port("kafka"), "127.0.0.7")) {
            assertThat(metadata(later, 1).throttleTimeMs()).isZero();
        }
    }
}
