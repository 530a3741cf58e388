package io.polylog.server.powercut;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.LogRead;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import io.polylog.server.powercut.Observation.LedgerSeen;
import io.polylog.server.powercut.Observation.PartitionSeen;
import io.polylog.server.powercut.Observation.RecordSeen;
import io.polylog.server.powercut.Observation.TopicSeen;
import io.polylog.share.Acquired;
import io.polylog.share.ShareConsumer;
import io.polylog.share.ShareGroups.StartAt;
import io.polylog.share.ShareListener;
import io.polylog.spi.AdapterContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;

/**
 * Looks at a gateway through its ports. It leaves one record behind in each partition that has a ledger: only when that
 * comes is it sure that nothing before it will.
 */
final class Observer {

    private static final String STREAM = "observer";
    private static final String DEAD_LETTERS = ".dlq";
    private static final int READ_BYTES = 4 << 20;
    private static final int CREDIT = 1_000_000;

    private final Model model;
    private final Waiting waiting;
    private int sentinels;

    Observer(Model model, Waiting waiting) {
        this.model = model;
        this.waiting = waiting;
    }

    Observation observe(AdapterContext ports) {
        Map<String, TopicSeen> topics = new TreeMap<>();
        for (Topic topic : ports.topics().all()) {
            if (isOfClients(topic)) {
                topics.put(topic.name(), topic(ports, topic));
            }
        }
        return new Observation(ports.clusterId(), topics);
    }

    /** Whether a client made the topic, rather than the gateway, for itself or for dead letters. */
    static boolean isOfClients(Topic topic) {
        return !topic.internal() && !topic.name().endsWith(DEAD_LETTERS);
    }

    /** Every rejected record must be a dead letter, once; and no other. They may still be on their way. */
    void checkDeadLetters(AdapterContext ports, Observation seen) {
        seen.topics().forEach((name, topic) -> {
            Set<Sent> rejected = new HashSet<>();
            Set<Sent> others = new HashSet<>();
            for (int i = 0; i < topic.partitions().size(); i++) {
                for (RecordSeen record : topic.partitions().get(i).records()) {
                    (model.isRejected(name, i, record.offset()) ? rejected : others).add(record.sent());
                }
            }
            Awaitility.await("dead letters of " + name)
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> deadLetters(ports, name).containsAll(rejected));
            assertThat(deadLetters(ports, name))
                    .as("dead letters of %s", name)
                    .doesNotHaveDuplicates()
                    .noneMatch(others::contains);
        });
    }

    private List<Sent> deadLetters(AdapterContext ports, String topic) {
        List<Sent> letters = new ArrayList<>();
        ports.topics()
                .find(topic + DEAD_LETTERS)
                .ifPresent(found -> Topics.partitions(found)
                        .forEach(partition -> records(ports, partition).forEach(record -> letters.add(record.sent()))));
        return letters;
    }

    /** What a restart must not change: all but what observing left behind. */
    static Observation withoutTraces(Observation seen) {
        Map<String, TopicSeen> topics = new TreeMap<>();
        seen.topics().forEach((name, topic) -> {
            List<PartitionSeen> partitions =
                    topic.partitions().stream().map(Observer::withoutTraces).toList();
            topics.put(name, new TopicSeen(topic.id(), topic.config(), partitions));
        });
        return new Observation(seen.clusterId(), topics);
    }

    private static PartitionSeen withoutTraces(PartitionSeen seen) {
        List<RecordSeen> traces = seen.records().stream()
                .filter(record -> record.sent().stream().equals(STREAM))
                .toList();
        List<RecordSeen> records = new ArrayList<>(seen.records());
        records.removeAll(traces);
        Map<String, LedgerSeen> ledgers = new TreeMap<>();
        seen.ledgers().forEach((group, ledger) -> {
            Map<Long, Integer> failures = new TreeMap<>(ledger.failures());
            traces.forEach(record -> failures.remove(record.offset()));
            ledgers.put(group, new LedgerSeen(failures));
        });
        return new PartitionSeen(records, seen.committed(), ledgers);
    }

    private TopicSeen topic(AdapterContext ports, Topic topic) {
        List<String> shareGroups =
                model.shareGroups(topic.name()).stream().sorted().toList();
        List<Sent> last = new ArrayList<>();
        for (TopicPartition partition : Topics.partitions(topic)) {
            if (!shareGroups.isEmpty()) {
                last.add(publish(ports, topic, partition));
            }
        }
        List<Map<String, LedgerSeen>> ledgers = new ArrayList<>();
        for (int i = 0; i < topic.partitionCount(); i++) {
            ledgers.add(new TreeMap<>());
        }
        for (String group : shareGroups) {
            List<LedgerSeen> ofGroup = ledgers(ports, topic, group, last);
            for (int i = 0; i < ofGroup.size(); i++) {
                ledgers.get(i).put(group, ofGroup.get(i));
            }
        }
        List<PartitionSeen> partitions = new ArrayList<>();
        for (TopicPartition partition : Topics.partitions(topic)) {
            Map<String, Long> committed = new TreeMap<>();
            for (String group : model.streamGroups(topic.name())) {
                long offset = waiting.get(CommittedOffsets.fetch(ports.groupCoordinator(), group, partition));
                if (offset >= 0) {
                    committed.put(group, offset);
                }
            }
            partitions.add(new PartitionSeen(records(ports, partition), committed, ledgers.get(partition.partition())));
        }
        return new TopicSeen(topic.id(), topic.config(), partitions);
    }

    private Sent publish(AdapterContext ports, Topic topic, TopicPartition partition) {
        Sent sent = new Sent(STREAM, sentinels++);
        model.observed(topic, partition.partition(), seen -> seen.sending(sent));
        long offset = waiting.get(ports.publisher().publish(partition, Values.record(sent, 0)))
                .offset();
        model.observed(topic, partition.partition(), seen -> seen.sent(sent, offset));
        return sent;
    }

    private List<RecordSeen> records(AdapterContext ports, TopicPartition partition) {
        List<RecordSeen> records = new ArrayList<>();
        PartitionOffsets offsets = ports.fetcher().offsets(partition);
        long next = offsets.logStart();
        while (next < offsets.highWatermark()) {
            try (LogRead read = waiting.get(ports.fetcher().read(partition, next, READ_BYTES, true))) {
                ByteBuffer bytes = read.slice().toBuffer();
                while (bytes.hasRemaining()) {
                    int size = RecordBatch.sizeAt(bytes, bytes.position());
                    RecordBatch batch = new RecordBatch(bytes.slice(bytes.position(), size));
                    bytes.position(bytes.position() + size);
                    for (StoredRecord stored : batch.decode()) {
                        records.add(new RecordSeen(
                                stored.offset(),
                                Values.sent(stored.record()),
                                stored.record().timestampMs(),
                                batch.producerId()));
                    }
                    next = batch.lastOffset() + 1;
                }
            } catch (IOException failure) {
                throw new AssertionError(failure);
            }
        }
        return records;
    }

    /** Takes everything that the group's ledgers have, up to each partition's last value, and gives it back. */
    private List<LedgerSeen> ledgers(AdapterContext ports, Topic topic, String group, List<Sent> last) {
        List<LedgerSeen> seen = new ArrayList<>();
        for (int i = 0; i < topic.partitionCount(); i++) {
            seen.add(new LedgerSeen(new TreeMap<>()));
        }
        CompletableFuture<Void> all = new CompletableFuture<>();
        List<Sent> missing = new ArrayList<>(last);
        ShareListener listener = new ShareListener() {
            @Override
            public void acquired(List<Acquired> records) {
                synchronized (seen) {
                    for (Acquired record : records) {
                        seen.get(record.partition().partition()).failures().put(record.offset(), record.failures());
                        missing.remove(Values.sent(record.record()));
                    }
                    if (missing.isEmpty()) {
                        all.complete(null);
                    }
                }
            }

            @Override
            public void ended(String reason) {
                all.completeExceptionally(new AssertionError(reason));
            }
        };
        CompletionStage<ShareConsumer> joined =
                ports.shareGroups().join(group, topic, StartAt.EARLIEST, Runnable::run, listener);
        try (ShareConsumer consumer = waiting.get(joined)) {
            waiting.get(consumer.credit(CREDIT));
            waiting.get(all);
        }
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }
}
