package io.polylog.server.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.polylog.schedule.ScheduleHeaders;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * {@code polylog produce TOPIC}: publishes one value, or each line of the standard input as one, and says where each record stands
 * when it is acknowledged. Ends at the first that is refused.
 *
 * @param key of all of them
 * @param headers of all of them, in order
 * @param delay after which they enter the topic
 * @param value without it the lines of {@code input}
 */
public record Produce(
        String topic,
        Optional<String> key,
        List<Map.Entry<String, String>> headers,
        Optional<String> delay,
        Optional<String> value,
        InputStream input)
        implements ClientCommand {

    /** Records under way; beyond it the input waits. */
    private static final int UNDER_WAY = 1_000;

    public Produce {
        headers = List.copyOf(headers);
    }

    @Override
    public void run(KafkaDoor gateway, Output output) throws ClientException, InterruptedException {
        Map<String, Object> settings = gateway.settings();
        settings.remove("default.api.timeout.ms");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, KafkaDoor.PATIENCE_MS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, KafkaDoor.PATIENCE_MS);
        Queue<Future<RecordMetadata>> underWay = new ArrayDeque<>();
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            if (value.isPresent()) {
                underWay.add(send(producer, value.get()));
            } else {
                sendLines(gateway, producer, underWay, output);
            }
            while (!underWay.isEmpty()) {
                report(gateway, underWay.remove(), output);
            }
        } catch (KafkaException refused) {
            throw gateway.refusal(refused, topic);
        } finally {
            producer.close(Duration.ZERO); // all is acknowledged, or given up
        }
    }

    private void sendLines(
            KafkaDoor gateway,
            KafkaProducer<byte[], byte[]> producer,
            Queue<Future<RecordMetadata>> underWay,
            Output output)
            throws ClientException, InterruptedException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(input, UTF_8));
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                underWay.add(send(producer, line));
                while (underWay.size() > UNDER_WAY
                        || (!underWay.isEmpty() && underWay.element().isDone())) {
                    report(gateway, underWay.remove(), output);
                }
            }
        } catch (IOException unreadable) {
            throw new ClientException("the standard input cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    private Future<RecordMetadata> send(KafkaProducer<byte[], byte[]> producer, String text) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic, key.map(word -> word.getBytes(UTF_8)).orElse(null), text.getBytes(UTF_8));
        headers.forEach(header ->
                record.headers().add(header.getKey(), header.getValue().getBytes(UTF_8)));
        delay.ifPresent(wait -> record.headers().add(ScheduleHeaders.DELAY, wait.getBytes(UTF_8)));
        return producer.send(record);
    }

    /** What is scheduled has no offset yet. */
    private void report(KafkaDoor gateway, Future<RecordMetadata> sent, Output output)
            throws ClientException, InterruptedException {
        RecordMetadata place = gateway.answer(sent, topic);
        ObjectNode document = JsonNodeFactory.instance
                .objectNode()
                .put("topic", place.topic())
                .put("partition", place.partition());
        if (place.hasOffset()) {
            document.put("offset", place.offset()).put("timestamp", place.timestamp());
        } else {
            document.put("scheduled", true);
        }
        output.said(
                document,
                place.topic() + " partition " + place.partition()
                        + (place.hasOffset() ? " offset " + place.offset() : " scheduled"));
    }
}
