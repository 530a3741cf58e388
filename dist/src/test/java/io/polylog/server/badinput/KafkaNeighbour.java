package io.polylog.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.endpoint.Endpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** kafka-clients: a producer that never tries again, and a consumer of the same partition. */
final class KafkaNeighbour implements Neighbour {

    private static final TopicPartition PARTITION = new TopicPartition("neighbour-kafka", 0);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final KafkaProducer<String, String> producer;
    private final KafkaConsumer<String, String> consumer;
    private final double connections;

    /**
     * @param security settings by which it gets in
     */
    KafkaNeighbour(Endpoint endpoint, Map<String, Object> security) throws Exception {
        Map<String, Object> common = new HashMap<>(security);
        common.put("bootstrap.servers", endpoint.toString());
        producer = new KafkaProducer<>(
                with(common, Map.of("linger.ms", 0, "retries", 0, "max.block.ms", 20_000)),
                new StringSerializer(),
                new StringSerializer());
        consumer = new KafkaConsumer<>(
                with(common, Map.of("auto.offset.reset", "earliest")),
                new StringDeserializer(),
                new StringDeserializer());
        send("hello");
        consumer.assign(List.of(PARTITION));
        expect("hello");
        connections = connections();
    }

    private static Map<String, Object> with(Map<String, Object> common, Map<String, Object> own) {
        Map<String, Object> all = new HashMap<>(common);
        all.putAll(own);
        return all;
    }

    @Override
    public void roundTrip(String text) throws Exception {
        send(text);
        expect(text);
        assertThat(connections()).as("connections made").isEqualTo(connections);
    }

    private void send(String text) throws Exception {
        producer.send(new ProducerRecord<>(PARTITION.topic(), PARTITION.partition(), null, text))
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private void expect(String text) {
        assertThat(consumer.poll(PATIENCE)).extracting(ConsumerRecord::value).containsExactly(text);
    }

    private double connections() {
        return created(producer.metrics()) + created(consumer.metrics());
    }

    private static double created(Map<MetricName, ? extends Metric> metrics) {
        return metrics.values().stream()
                .filter(metric -> metric.metricName().name().equals("connection-creation-total"))
                .mapToDouble(metric -> (Double) metric.metricValue())
                .sum();
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        consumer.close();
    }
}
