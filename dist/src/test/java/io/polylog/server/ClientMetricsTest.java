package io.polylog.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stock clients push of themselves is to be seen where everything else is (KIP-714). */
class ClientMetricsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ConfigResource SUBSCRIPTION = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "quick");

    @TempDir
    private Path directory;

    private static void change(Admin admin, OpType operation, Map<String, String> settings) throws Exception {
        List<AlterConfigOp> changes = settings.entrySet().stream()
                .map(setting -> new AlterConfigOp(new ConfigEntry(setting.getKey(), setting.getValue()), operation))
                .toList();
        admin.incrementalAlterConfigs(Map.of(SUBSCRIPTION, changes)).all().get();
    }

    private static Admin admin(ScrapedNode node) {
        return Admin.create(node.kafka(Map.of("enable.metrics.push", false)));
    }

    private static KafkaProducer<String, String> producer(ScrapedNode node) {
        return new KafkaProducer<>(
                node.kafka(Map.of("client.id", "teller")), new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(ScrapedNode node) {
        Map<String, Object> settings =
                node.kafka(Map.of("client.id", "reader", "group.id", "readers", "auto.offset.reset", "earliest"));
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    /** The metrics of a client that are shown, by their names. */
    private static Set<String> shown(ScrapedNode node, String clientId) {
        return node.scrape().values().keySet().stream()
                .filter(series -> series.startsWith("polylog_kafka_client_metric{"))
                .filter(series -> series.contains("client_id=" + clientId + ","))
                .map(series -> series.replaceAll(".*metric=([^,}]*).*", "$1"))
                .collect(Collectors.toSet());
    }

    @Test
    void whatClientsPushIsShown() throws Exception {
        try (ScrapedNode node = ScrapedNode.start(directory, Map.of())) {
            try (Admin admin = admin(node)) {
                change(admin, OpType.SET, Map.of("metrics", "*", "interval.ms", "100", "match", "client_id=.*er"));
            }
            try (KafkaProducer<String, String> producer = producer(node);
                    KafkaConsumer<String, String> consumer = consumer(node)) {
                producer.send(new ProducerRecord<>("t", "v")).get();
                consumer.subscribe(List.of("t"));
                await("both to be shown").atMost(PATIENCE).untilAsserted(() -> {
                    consumer.poll(Duration.ofMillis(50));
                    assertThat(shown(node, "teller")).contains("org.apache.kafka.producer.record.send.total");
                    assertThat(shown(node, "reader"))
                            .contains("org.apache.kafka.consumer.fetch.manager.records.consumed.total");
                });
                Uuid instance = producer.clientInstanceId(PATIENCE);
                assertThat(node.scrape().values())
                        .anySatisfy((series, value) -> assertThat(series)
                                .contains("metric=org.apache.kafka.producer", "client_instance_id=" + instance)
                                .contains("principal=ANONYMOUS"));
                await("the message to be counted")
                        .atMost(PATIENCE)
                        .until(() -> node.scrape().values().entrySet().stream()
                                .anyMatch(series ->
                                        series.getKey().contains("=org.apache.kafka.producer.record.send.total")
                                                && series.getValue() == 1));
            }
        }
    }

    @Test
    void subscriptionsLastAcrossRestartsUntilTheirLastSettingIsTakenBack() throws Exception {
        try (ScrapedNode node = ScrapedNode.start(directory, Map.of());
                Admin admin = admin(node)) {
            change(
                    admin,
                    OpType.SET,
                    Map.of("metrics", "org.apache.kafka.producer.,org.apache.kafka.consumer.", "interval.ms", "1000"));
        }
        try (ScrapedNode node = ScrapedNode.start(directory, Map.of());
                Admin admin = admin(node)) {
            assertThat(subscriptions(admin)).containsExactly(SUBSCRIPTION);
            assertThat(admin.describeConfigs(List.of(SUBSCRIPTION))
                            .all()
                            .get()
                            .get(SUBSCRIPTION)
                            .entries())
                    .extracting(entry -> entry.name() + "=" + entry.value())
                    .containsExactlyInAnyOrder(
                            "metrics=org.apache.kafka.producer.,org.apache.kafka.consumer.",
                            "interval.ms=1000",
                            "match=");
            change(admin, OpType.DELETE, Map.of("metrics", "", "interval.ms", ""));
            assertThat(subscriptions(admin)).isEmpty();
        }
    }

    private static Iterable<ConfigResource> subscriptions(Admin admin) throws Exception {
        return admin.listConfigResources(Set.of(ConfigResource.Type.CLIENT_METRICS), new ListConfigResourcesOptions())
                .all()
                .get();
    }
}
