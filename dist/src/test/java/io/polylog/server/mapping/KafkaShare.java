package io.polylog.server.mapping;

import static org.awaitility.Awaitility.await;

import io.polylog.testkit.GatewayExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Kafka's own share consumer, one record at a time, in a group that begins at the beginning. */
final class KafkaShare implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaShareConsumer<byte[], byte[]> consumer;

    KafkaShare(GatewayExtension gateway, String group, String topic) throws Exception {
        String bootstrap = gateway.address("kafka");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
            AlterConfigOp earliest =
                    new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(resource, List.of(earliest)))
                    .all()
                    .get();
        }
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                group,
                "share.acknowledgement.mode",
                "explicit",
                "share.acquire.mode",
                "record_limit",
                "max.poll.records",
                1);
        consumer = new KafkaShareConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(topic));
    }

    /** What there is after one look: a record, or none. */
    List<ConsumerRecord<byte[], byte[]>> poll() {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        consumer.poll(POLL).forEach(records::add);
        return records;
    }

    ConsumerRecord<byte[], byte[]> next() {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        await().atMost(Duration.ofMillis(Door.PATIENCE_MS)).until(() -> {
            records.addAll(poll());
            return !records.isEmpty();
        });
        return records.get(0);
    }

    /** Returns when the gateway has answered. */
    void settle(ConsumerRecord<byte[], byte[]> record, AcknowledgeType type) {
        consumer.acknowledge(record, type);
        consumer.commitSync()
                .forEach((partition, failure) -> failure.ifPresent(cause -> {
                    throw new AssertionError(cause);
                }));
    }

    /** Its connections end, and what it holds is not settled. */
    void abandon() {
        consumer.close(Duration.ZERO);
    }

    @Override
    public void close() {
        consumer.close(Duration.ofSeconds(5));
    }
}
