package io.polylog.server.crash;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A consumer group of two members that commit after each poll. An offset whose commit was acknowledged never goes back:
 * not what the gateway answers, and not where a member begins.
 */
final class KafkaGroup implements Workload {

    private static final int MEMBERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    private final Target target;
    private final String group;
    private final String protocol;
    private final Map<String, Tally> senders;
    private final Set<String> topics;
    private final Findings findings;
    private final Map<TopicPartition, Long> attempted = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> confirmed = new ConcurrentHashMap<>();
    private final Map<String, BitSet> received = new ConcurrentHashMap<>();
    private final AtomicLong commits = new AtomicLong();
    private final List<Thread> members = new ArrayList<>();
    private volatile boolean stopped;

    /**
     * @param protocol {@code classic} or {@code consumer}
     * @param senders by topic: who alone writes there
     */
    KafkaGroup(Target target, String group, String protocol, Map<String, Tally> senders, Findings findings) {
        this.target = target;
        this.group = group;
        this.protocol = protocol;
        this.senders = Map.copyOf(senders);
        this.topics = senders.keySet();
        this.findings = findings;
        senders.keySet().forEach(topic -> received.put(topic, new BitSet()));
    }

    @Override
    public String name() {
        return group;
    }

    @Override
    public void start() {
        for (int member = 0; member < MEMBERS; member++) {
            Thread thread = new Thread(this::consume, group + "-" + member);
            members.add(thread);
            thread.start();
        }
    }

    private void consume() {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        target.endpoint("kafka").toString(),
                        "group.id",
                        group,
                        "group.protocol",
                        protocol,
                        "enable.auto.commit",
                        false,
                        "auto.offset.reset",
                        "earliest",
                        "max.poll.records",
                        200,
                        "reconnect.backoff.max.ms",
                        200,
                        "default.api.timeout.ms",
                        10_000),
                new StringDeserializer(),
                new StringDeserializer())) {
            Map<TopicPartition, Long> beginsAt = new HashMap<>();
            consumer.subscribe(topics, new Assigned(beginsAt));
            while (!stopped) {
                Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                    Long earliest = beginsAt.remove(partition);
                    if (earliest != null && record.offset() < earliest) {
                        findings.add(group + " begins again at " + record.offset() + " of " + partition
                                + ", committed was " + earliest);
                    }
                    receive(record);
                    positions.put(partition, new OffsetAndMetadata(record.offset() + 1));
                }
                if (!positions.isEmpty()) {
                    commit(consumer, positions);
                }
            }
        } catch (InterruptException stop) {
            // stop() asked for it; the client has closed itself
        } catch (KafkaException failure) {
            findings.add("a member of " + group + " ended: " + failure);
        }
    }

    private void receive(ConsumerRecord<String, String> record) {
        BitSet numbers = received.get(record.topic());
        synchronized (numbers) {
            numbers.set(Tally.numberOf(record.value()));
        }
    }

    private void commit(KafkaConsumer<String, String> consumer, Map<TopicPartition, OffsetAndMetadata> positions) {
        positions.forEach((partition, offset) -> attempted.merge(partition, offset.offset(), Math::max));
        try {
            consumer.commitSync(positions);
            positions.forEach((partition, offset) -> confirmed.merge(partition, offset.offset(), Math::max));
            commits.incrementAndGet();
        } catch (InterruptException stop) {
            throw stop;
        } catch (KafkaException inDoubt) {
            // The gateway died, or the group moves partitions: nobody was told that these offsets are safe.
        }
    }

    /** What was committed for certain when a partition was assigned is where its first record comes from, or later. */
    private final class Assigned implements ConsumerRebalanceListener {
        private final Map<TopicPartition, Long> beginsAt;

        Assigned(Map<TopicPartition, Long> beginsAt) {
            this.beginsAt = beginsAt;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                beginsAt.put(partition, confirmed.getOrDefault(partition, 0L));
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(beginsAt::remove);
        }
    }

    @Override
    public long progress() {
        return commits.get();
    }

    @Override
    public void check() throws Exception {
        Map<TopicPartition, Long> atLeast = new HashMap<>(confirmed);
        Map<TopicPartition, OffsetAndMetadata> told;
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", target.endpoint("kafka").toString()))) {
            told = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        Set<TopicPartition> all = new HashSet<>(atLeast.keySet());
        all.addAll(told.keySet());
        for (TopicPartition partition : all) {
            long offset = told.containsKey(partition) ? told.get(partition).offset() : -1;
            if (offset < atLeast.getOrDefault(partition, 0L) || offset > attempted.getOrDefault(partition, 0L)) {
                findings.add(group + " has offset " + offset + " in " + partition + ", committed was "
                        + atLeast.get(partition) + " for certain and " + attempted.get(partition) + " at most");
            }
        }
    }

    @Override
    public void finishReceiving() {
        senders.forEach((topic, tally) -> {
            BitSet acknowledged = tally.acknowledged();
            try {
                Awaitility.await(topic + " in " + group)
                        .atMost(PATIENCE)
                        .until(() -> missing(topic, acknowledged).isEmpty());
            } catch (ConditionTimeoutException late) {
                findings.addIfAny(
                        missing(topic, acknowledged), "acknowledged to " + tally.name() + ", not received by " + group);
            }
        });
    }

    private BitSet missing(String topic, BitSet acknowledged) {
        BitSet numbers = received.get(topic);
        synchronized (numbers) {
            return Tally.missing(acknowledged, numbers);
        }
    }

    @Override
    public void stop() {
        stopped = true;
        members.forEach(Thread::interrupt);
    }
}
