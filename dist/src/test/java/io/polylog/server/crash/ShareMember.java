package io.polylog.server.crash;

import io.polylog.server.crash.LedgerTally.Line;
import io.polylog.server.crash.LedgerTally.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka share consumer that accepts, rejects and releases each record by itself; what a commit has answered for is accepted for
 * certain. It finds the gateway at the address that this names, so its wire cannot be cut: its process ends instead, once it has been
 * given some messages, for it takes seconds until a group's coordinator seats a member.
 */
final class ShareMember extends LedgerMember {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int PATIENT_FOR = 100;
    private static final Duration GOODBYE = Duration.ofSeconds(5);

    private final String group;
    private final String topic;
    private volatile @Nullable ShareConsumer<String, String> running;
    private volatile int given;

    ShareMember(Target target, String name, String group, String topic, LedgerTally tally, long seed)
            throws IOException {
        super(target, "kafka", name, tally, seed);
        this.group = group;
        this.topic = topic;
    }

    @Override
    void connect() {
        Line line = beginLine();
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                target().endpoint("kafka").toString(),
                "group.id",
                group,
                "client.id",
                name(),
                "share.acknowledgement.mode",
                "explicit",
                "max.poll.records",
                20);
        ShareConsumer<String, String> consumer =
                new KafkaShareConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        try {
            given = 0;
            running = consumer;
            consumer.subscribe(List.of(topic));
            while (!isStopped() && !tally().isOver(line)) {
                List<Integer> accepted = new ArrayList<>();
                ConsumerRecords<String, String> records = consumer.poll(POLL);
                records.forEach(record -> judge(consumer, record, line, accepted));
                boolean certain = consumer.commitSync().values().stream().allMatch(failure -> failure.isEmpty());
                if (certain) {
                    accepted.forEach(tally()::confirm);
                }
                given = given + records.count();
            }
        } catch (KafkaException gone) { // WakeupException among them
            endLine();
        } finally {
            running = null;
            boolean leaves = isStopped() && !tally().isOver(line);
            endLine();
            consumer.close(leaves ? GOODBYE : Duration.ZERO);
        }
    }

    private void judge(
            ShareConsumer<String, String> consumer,
            ConsumerRecord<String, String> record,
            Line line,
            List<Integer> accepted) {
        int number = Tally.numberOf(record.value());
        tally().receive(number, record.deliveryCount().orElseThrow() > 1, line, name());
        Outcome outcome = outcomeOf(number);
        tally().settle(number, outcome, name());
        consumer.acknowledge(record, typeOf(outcome));
        if (outcome == Outcome.ACCEPT) {
            accepted.add(number);
        }
    }

    private static AcknowledgeType typeOf(Outcome outcome) {
        return switch (outcome) {
            case ACCEPT -> AcknowledgeType.ACCEPT;
            case REJECT -> AcknowledgeType.REJECT;
            case RELEASE, DECLINE, FAIL -> AcknowledgeType.RELEASE;
        };
    }

    @Override
    void cut() {
        abort();
    }

    @Override
    void abort() {
        ShareConsumer<String, String> consumer = running;
        if (consumer != null && given >= PATIENT_FOR) {
            endLine();
            consumer.wakeup();
        }
    }
}
