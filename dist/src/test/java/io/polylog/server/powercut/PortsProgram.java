package io.polylog.server.powercut;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.record.TopicPartition;
import io.polylog.share.Acquired;
import io.polylog.share.Outcome;
import io.polylog.share.ShareConsumer;
import io.polylog.share.ShareGroups.StartAt;
import io.polylog.share.ShareListener;
import io.polylog.spi.AdapterContext;
import io.polylog.testkit.TestGateway;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * A mixed workload on the ports that the doors use, without sockets and so fast enough to crash at every step: topics
 * made, grown and deleted, records published and appended by idempotent producers, offsets committed, records settled.
 * One seed is one sequence of requests; how they meet on the gateway's threads is chance.
 */
final class PortsProgram implements Program {

    private static final int PARTS = 2;
    private static final int MAX_PARTITIONS = 3;
    private static final int LARGE_VALUE = 3 << 10;

    private final Model model;
    private final Waiting waiting;
    private final Random random;
    private final int steps;
    private final List<CompletionStage<?>> pending = new ArrayList<>();
    private final List<String> topics = new ArrayList<>();
    private final List<IdempotentProducer> producers = new ArrayList<>();
    private final Map<TopicPartition, Long> commits = new HashMap<>();
    private final Map<String, Integer> published = new HashMap<>();
    private int made;

    PortsProgram(Model model, Waiting waiting, long seed, int steps) {
        this.model = model;
        this.waiting = waiting;
        this.random = new Random(seed);
        this.steps = steps;
    }

    @Override
    public int parts() {
        return PARTS;
    }

    @Override
    public void run(int part, TestGateway gateway) {
        AdapterContext ports = gateway.context();
        ShareGroupMember member = null;
        pending.clear();
        while (topics.size() < 2) {
            create(ports);
        }
        for (int step = 0; step < steps; step++) {
            Topic topic = topic(ports, random.nextInt(topics.size()));
            switch (random.nextInt(20)) {
                case 0 -> changeTopics(ports, topic);
                case 1, 2, 3 -> commit(ports, topic);
                case 4, 5, 6, 7 -> produce(ports, topic);
                case 8 -> largeValues(ports, topic);
                case 9, 10, 11, 12 -> {
                    if (member == null || !member.isOn(ports)) {
                        member = join(ports, topic);
                    }
                    if (member != null) {
                        member.settleSome();
                    }
                }
                case 13 -> await();
                case 14 -> checkpoint(gateway);
                default -> publish(ports, topic, 1 + random.nextInt(3), 0);
            }
        }
        await();
    }

    @Override
    public void resume(TestGateway gateway) {
        AdapterContext ports = gateway.context();
        pending.clear();
        producers.removeIf(
                producer -> ports.topics().find(producer.topic().id()).isEmpty());
        producers.forEach(producer -> pending.addAll(producer.repeatAll(ports)));
        await();
        producers.forEach(producer -> pending.add(producer.sendNext(ports, 1)));
        ports.topics().all().stream().filter(topic -> !topic.internal()).forEach(topic -> publish(ports, topic, 2, 0));
        await();
    }

    private void await() {
        pending.forEach(waiting::get);
        pending.clear();
    }

    /** While the requests before it are still under way. */
    private void checkpoint(TestGateway gateway) {
        if (!gateway.checkpoint() && waiting.hasPower()) {
            throw new AssertionError("checkpoint failed");
        }
    }

    // ---- topics -------------------------------------------------------------------------------------------------

    private Topic topic(AdapterContext ports, int index) {
        return ports.topics().find(topics.get(index)).orElseThrow();
    }

    /** Alone, so that no other request depends on how it ends. */
    private void changeTopics(AdapterContext ports, Topic topic) {
        await();
        switch (random.nextInt(3)) {
            case 0 -> create(ports);
            case 1 -> {
                if (topic.partitionCount() < MAX_PARTITIONS) {
                    model.growing(topic.name(), topic.partitionCount() + 1);
                    waiting.get(ports.topics().grow(topic.name(), topic.partitionCount() + 1));
                    model.grown(topic.name());
                }
            }
            default -> {
                model.deleting(topic.name());
                topics.remove(topic.name());
                producers.removeIf(producer -> producer.topic().id().equals(topic.id()));
                waiting.get(ports.topics().delete(topic.name()));
                model.deleted(topic.name());
                // Sometimes the name comes again, and must not bring anything of the old topic with it.
                create(ports, random.nextBoolean() ? topic.name() : newName());
            }
        }
    }

    private void create(AdapterContext ports) {
        create(ports, newName());
    }

    private String newName() {
        return "topic-" + made++;
    }

    private void create(AdapterContext ports, String name) {
        int partitions = 1 + random.nextInt(2);
        model.creating(name, partitions);
        model.created(waiting.get(ports.topics().create(new TopicSpec(name, partitions, Map.of()))));
        topics.add(name);
    }

    // ---- records ------------------------------------------------------------------------------------------------

    private void publish(AdapterContext ports, Topic topic, int count, int size) {
        for (int i = 0; i < count; i++) {
            int partition = random.nextInt(topic.partitionCount());
            String stream = "publisher-" + topic.id() + "-" + partition;
            Sent sent = new Sent(stream, published.merge(stream, 1, Integer::sum));
            model.partition(topic.name(), partition, seen -> seen.sending(sent));
            pending.add(ports.publisher()
                    .publish(topic.partition(partition), Values.record(sent, size))
                    .thenAccept(result -> model.acknowledged(
                            topic.id(), topic.name(), partition, seen -> seen.sent(sent, result.offset()))));
        }
    }

    /** So many bytes that a partition begins its next segment. */
    private void largeValues(AdapterContext ports, Topic topic) {
        if (random.nextInt(2) == 0) {
            publish(ports, topic, 3, LARGE_VALUE);
        }
    }

    private void produce(AdapterContext ports, Topic topic) {
        List<IdempotentProducer> own = producers.stream()
                .filter(producer -> producer.topic().id().equals(topic.id()))
                .toList();
        if (own.isEmpty() || random.nextInt(5) == 0) {
            long id = waiting.get(ports.producerIds().next());
            model.producerId(id);
            IdempotentProducer producer =
                    new IdempotentProducer(model, topic, random.nextInt(topic.partitionCount()), id);
            producers.add(producer);
            pending.add(producer.sendNext(ports, 1 + random.nextInt(3)));
            return;
        }
        IdempotentProducer producer = own.get(random.nextInt(own.size()));
        if (producer.hasSent() && random.nextInt(4) == 0) {
            pending.add(producer.repeat(ports, random.nextInt(5)));
        } else {
            pending.add(producer.sendNext(ports, 1 + random.nextInt(3)));
        }
    }

    // ---- groups -------------------------------------------------------------------------------------------------

    private void commit(AdapterContext ports, Topic topic) {
        TopicPartition partition = topic.partition(random.nextInt(topic.partitionCount()));
        String group = "group-" + random.nextInt(2);
        long offset = commits.merge(partition, 1L, Long::sum);
        model.partition(topic.name(), partition.partition(), seen -> seen.committing(group, offset));
        pending.add(CommittedOffsets.commit(ports.groupCoordinator(), group, partition, offset)
                .thenRun(() -> model.acknowledged(
                        topic.id(), topic.name(), partition.partition(), seen -> seen.committed(group, offset))));
    }

    private @Nullable ShareGroupMember join(AdapterContext ports, Topic topic) {
        ShareGroupMember member = new ShareGroupMember(topic);
        for (int i = 0; i < topic.partitionCount(); i++) {
            model.partition(topic.name(), i, seen -> seen.joined(ShareGroupMember.GROUP));
        }
        member.consumer = waiting.get(
                ports.shareGroups().join(ShareGroupMember.GROUP, topic, StartAt.EARLIEST, Runnable::run, member));
        waiting.get(member.consumer.credit(1000));
        return member;
    }

    /** Holds what it was given and settles it piece by piece. */
    private final class ShareGroupMember implements ShareListener {

        static final String GROUP = "queue";

        private final Topic topic;
        private final Deque<Acquired> held = new ConcurrentLinkedDeque<>();
        private @Nullable ShareConsumer consumer;
        private volatile boolean ended;

        ShareGroupMember(Topic topic) {
            this.topic = topic;
        }

        boolean isOn(AdapterContext ports) {
            return !ended && ports.topics().find(topic.id()).isPresent();
        }

        void settleSome() {
            ShareConsumer own = consumer;
            for (int i = random.nextInt(3); own != null && i >= 0; i--) {
                Outcome outcome = Outcome.values()[random.nextInt(Outcome.values().length)];
                Acquired record = held.pollFirst();
                if (record != null) {
                    settle(own, record, outcome);
                }
            }
        }

        private void settle(ShareConsumer own, Acquired record, Outcome outcome) {
            int partition = record.partition().partition();
            model.partition(topic.name(), partition, seen -> seen.settling(GROUP, record.offset(), outcome));
            pending.add(own.settle(List.of(record), outcome)
                    .thenRun(() -> model.acknowledged(
                            topic.id(), topic.name(), partition, seen -> seen.settled(GROUP, record.offset()))));
        }

        @Override
        public void acquired(List<Acquired> records) {
            held.addAll(records);
        }

        @Override
        public void ended(String reason) {
            ended = true;
        }
    }
}
