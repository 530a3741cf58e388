package io.polylog.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How far groups are behind when nobody of theirs is connected, and where there are very many. */
@Timeout(120)
final class GroupGaugesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    @TempDir
    private Path directory;

    @Test
    void lagOutlivesARestartAndNeedsNoConsumer() throws Exception {
        try (ScrapedNode node = ScrapedNode.start(directory, Map.of())) {
            publishFive(node);
            commit(node, "stream", 2);
            takeOne(node);
            await().atMost(PATIENCE).untilAsserted(() -> assertLag(node));
        }
        try (ScrapedNode again = ScrapedNode.start(directory, Map.of())) {
            await().atMost(PATIENCE).untilAsserted(() -> assertLag(again));
        }
    }

    private static void assertLag(ScrapedNode node) {
        assertThat(node.scrape().values())
                .containsEntry("polylog_group_lag{group=stream,topic=t}", 3.0)
                .containsEntry("polylog_group_lag{group=queue:t,topic=t}", 4.0)
                .doesNotContainKey("polylog_group_in_flight{group=queue:t,topic=t}");
    }

    @Test
    void groupsBeyondTheLimitAreOneSum() throws Exception {
        try (ScrapedNode node = ScrapedNode.start(directory, Map.of("metrics-max-topics", "2"))) {
            publishFive(node);
            for (int offset = 1; offset <= 4; offset++) {
                commit(node, "g" + offset, offset);
            }
            assertThat(node.scrape().values())
                    .containsEntry("polylog_group_lag{group=g1,topic=t}", 4.0)
                    .containsEntry("polylog_group_lag{group=g2,topic=t}", 3.0)
                    .containsEntry("polylog_group_lag{group=_other,topic=_other}", 2.0 + 1.0)
                    .doesNotContainKey("polylog_group_lag{group=g3,topic=t}");
        }
    }

    private static void publishFive(ScrapedNode node) throws Exception {
        try (Admin admin = Admin.create(node.kafka(Map.of()));
                KafkaProducer<String, String> producer =
                        new KafkaProducer<>(node.kafka(Map.of()), new StringSerializer(), new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
            for (int i = 0; i < 5; i++) {
                producer.send(new ProducerRecord<>("t", "message"));
            }
        }
    }

    private static void commit(ScrapedNode node, String group, long offset) throws Exception {
        try (Admin admin = Admin.create(node.kafka(Map.of()))) {
            admin.alterConsumerGroupOffsets(group, Map.of(PARTITION, new OffsetAndMetadata(offset)))
                    .all()
                    .get();
        }
    }

    private static void takeOne(ScrapedNode node) throws Exception {
        String uri = "amqp://127.0.0.1:" + node.port("amqp") + "?jms.prefetchPolicy.all=0";
        try (Connection connection = new JmsConnectionFactory(uri).createConnection()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            var consumer = session.createConsumer(session.createQueue("t"));
            connection.start();
            assertThat(consumer.receive(PATIENCE.toMillis())).isNotNull();
        }
    }
}
