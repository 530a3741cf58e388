package io.polylog.server.client;

import io.polylog.time.NanoClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * {@code polylog consume TOPIC}: writes the values of a topic's records, or the whole records as documents. A group goes on
 * from its committed offsets, and commits what was written, no more. It ends after so many records, after so much silence, when
 * nobody reads its output any more, or by a signal.
 *
 * @param group to read as a member of
 * @param from where to begin: each partition, or a group that has committed nothing there
 * @param partition the only one to read; without a group
 * @param count most to read, at least 1
 * @param silenceSeconds how long nothing may come, from 0
 */
public record Consume(
        String topic,
        Optional<String> group,
        Position from,
        OptionalInt partition,
        OptionalLong count,
        OptionalInt silenceSeconds)
        implements ClientCommand {

    private static final Duration POLL = Duration.ofMillis(500);

    /** How long the process may take to commit once it got its signal. */
    private static final long FAREWELL_MS = 5_000;

    @Override
    public void run(KafkaDoor gateway, Output output) throws ClientException, InterruptedException {
        List<TopicPartition> partitions = partitions(gateway);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings(gateway), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        Silence silence = new Silence(NanoClock.system());
        CountDownLatch left = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(consumer, left), "polylog-leave"));
        try {
            if (group.isPresent()) {
                consumer.subscribe(List.of(topic), silence);
            } else {
                consumer.assign(partitions);
                Offsets.at(gateway, partitions, from).forEach(consumer::seek);
                silence.begin();
            }
            read(consumer, silence, output);
        } catch (WakeupException signalled) {
            // what was written is committed
        } catch (KafkaException refused) {
            throw gateway.refusal(refused, topic);
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
            output.flush();
            left.countDown();
        }
    }

    private static void leave(KafkaConsumer<byte[], byte[]> consumer, CountDownLatch left) {
        consumer.wakeup();
        try {
            left.await(FAREWELL_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, Object> settings(KafkaDoor gateway) {
        Map<String, Object> settings = gateway.settings();
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        group.ifPresent(name -> settings.put(ConsumerConfig.GROUP_ID_CONFIG, name));
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, from.equals(Position.LATEST) ? "latest" : "earliest");
        count.ifPresent(most -> settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, (int) Math.min(most, 500)));
        return settings;
    }

    /** All that there are, or the one that was asked for. */
    private List<TopicPartition> partitions(KafkaDoor gateway) throws ClientException, InterruptedException {
        List<TopicPartition> all = Offsets.partitions(gateway.topic(topic));
        if (partition.isEmpty()) {
            return all;
        }
        TopicPartition one = new TopicPartition(topic, partition.getAsInt());
        if (!all.contains(one)) {
            throw new ClientException(
                    "topic " + topic + " has no partition " + one.partition() + "; it has " + all.size());
        }
        return List.of(one);
    }

    private void read(KafkaConsumer<byte[], byte[]> consumer, Silence silence, Output output) throws ClientException {
        long written = 0;
        while (!output.isClosed()) {
            Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (count.isEmpty() || written < count.getAsLong()) {
                    write(record, output);
                    written++;
                    next.put(
                            new TopicPartition(record.topic(), record.partition()),
                            new OffsetAndMetadata(record.offset() + 1));
                    silence.begin();
                }
            }
            output.flush();
            if (group.isPresent() && !next.isEmpty() && !output.isClosed()) {
                consumer.commitSync(next);
            }
            if (count.isPresent() && written == count.getAsLong()) {
                return;
            }
            if (silenceSeconds.isPresent() && silence.lasts(silenceSeconds.getAsInt())) {
                endOfPatience(written);
                return;
            }
        }
    }

    private static void write(ConsumerRecord<byte[], byte[]> record, Output output) {
        if (output.isJson()) {
            output.document(RecordDocument.of(record));
        } else {
            output.line(record.value() == null ? new byte[0] : record.value());
        }
    }

    /** It is a fault only if more was asked for. */
    private void endOfPatience(long written) throws ClientException {
        if (count.isPresent()) {
            throw new ClientException("only " + written + " of " + count.getAsLong() + " records came before "
                    + silenceSeconds.getAsInt() + " s of silence");
        }
    }
}
