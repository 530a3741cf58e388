package io.polylog.share;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSettings;
import io.polylog.broker.TopicSpec;
import io.polylog.engine.LedgerId;
import io.polylog.engine.RecordTransfer;
import io.polylog.engine.ReplicaGroup;
import io.polylog.engine.SendDeadLetters;
import io.polylog.record.Partitioner;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records of one ledger to its dead-letter topic, which is made when the first one comes. Where that cannot be, the
 * records stay in the ledger, out of its members' reach, and are tried again at longer and longer intervals; they are never
 * lost. A topic without a dead-letter topic, and one that is its own, archive them. Ledger's thread.
 */
final class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    static final long FIRST_RETRY_MS = 100;
    static final long LAST_RETRY_MS = 30_000;

    private final LedgerId id;
    private final TopicPartition partition;
    private final ReplicaGroup group;
    private final SharePorts ports;
    private final SettleQueue settling;
    private final Runnable onPrepared;
    private final List<Case> parked = new ArrayList<>();
    private long retryMs = FIRST_RETRY_MS;
    private boolean retryScheduled;
    private int preparing;
    private boolean closed;

    /**
     * A record that is to be taken there; it counts as settling.
     *
     * @param failures failed deliveries of it, the last one included
     * @param reply whom to tell, if somebody waits
     */
    record Case(
            Delivery delivery,
            Death.Reason reason,
            int failures,
            @Nullable Reply reply) {}

    /**
     * @param onPrepared run when this may have become {@linkplain #isIdle idle}
     */
    DeadLetters(
            LedgerId id,
            TopicPartition partition,
            ReplicaGroup group,
            SharePorts ports,
            SettleQueue settling,
            Runnable onPrepared) {
        this.id = id;
        this.partition = partition;
        this.group = group;
        this.ports = ports;
        this.settling = settling;
        this.onPrepared = onPrepared;
    }

    /** Whether a topic is being made for some; those that are parked do not count. */
    boolean isIdle() {
        return preparing == 0;
    }

    void add(Case one) {
        Topic source = ports.topics().find(partition.topicId()).orElse(null);
        if (source == null) {
            park(one, new RefusedException(Refusal.UNKNOWN_TOPIC, "topic " + partition.topic() + " is gone"));
            return;
        }
        ShareGroupSettings rules = ports.groupSettings().apply(id.groupId());
        String name = rules.deadLetterTopic()
                .or(() -> TopicSettings.deadLetterTopic(source))
                .filter(other -> !other.equals(source.name()))
                .orElse(null);
        if (name == null) {
            settling.add(new SettleQueue.Dying(one, null));
            return;
        }
        Optional<Topic> target = ports.topics().find(name);
        if (target.isPresent()) {
            if (rules.deadLetterTopic().isPresent() && !TopicSettings.takesDeadLettersOfGroups(target.get())) {
                park(
                        one,
                        new RefusedException(
                                Refusal.INVALID_CONFIG,
                                "topic " + name + " does not set " + TopicSettings.TAKES_DEAD_LETTERS + "=true"));
                return;
            }
            write(one, source, target.get());
            return;
        }
        preparing++;
        // Its own dead letters go nowhere else, so that there is no end of topics.
        TopicSpec spec = new TopicSpec(
                name,
                TopicSpec.DEFAULT_PARTITIONS,
                rules.deadLetterTopic().isPresent()
                        ? Map.of(TopicSettings.DEAD_LETTER_TOPIC, name, TopicSettings.TAKES_DEAD_LETTERS, "true")
                        : Map.of(TopicSettings.DEAD_LETTER_TOPIC, name));
        ports.topics()
                .obtain(spec)
                .whenComplete((made, failure) -> group.executor().execute(() -> prepared(one, source, made, failure)));
    }

    private void prepared(Case one, Topic source, @Nullable Topic target, @Nullable Throwable failure) {
        preparing--;
        if (target != null) {
            write(one, source, target);
        } else {
            park(one, failure == null ? new IllegalStateException("no topic") : failure);
        }
        settling.flush();
        onPrepared.run();
    }

    private void write(Case one, Topic source, Topic target) {
        Record original = one.delivery().record().record();
        boolean whole = ports.groupSettings().apply(id.groupId()).copiesDeadRecords();
        DeadLetter letter = new DeadLetter(
                partition,
                one.delivery().offset(),
                id.groupId(),
                queue(source),
                one.reason(),
                one.failures(),
                ports.clock().timeMs());
        TopicPartition place = target.partition(Partitioner.partitionFor(original.key(), target.partitionCount()));
        RecordTransfer transfer = new RecordTransfer(
                place.topicId(),
                place.partition(),
                RecordBatch.encode(List.of(whole ? letter.of(original) : letter.without(original))));
        settling.add(new SettleQueue.Dying(
                one,
                new SendDeadLetters.Letter(
                        one.delivery().offset(), ports.homes().apply(place).id(), transfer)));
    }

    /** The ledger as the clients of queues address it. */
    private String queue(Topic source) {
        String name = source.config().getOrDefault(TopicSettings.AMQP_NAME, source.name());
        return id.groupId().equals("queue:" + source.name()) ? name : name + "::" + id.groupId();
    }

    /** It is done: the record is in the dead-letter topic, or archived for want of one. */
    void settled(SettleQueue.Dying done) {
        Case one = done.about();
        String name = done.letter() == null ? "polylog_share_archived_total" : "polylog_dead_letters_total";
        ports.topicMeters()
                .counter(
                        partition.topicId(),
                        partition.topic(),
                        name,
                        "reason",
                        one.reason().text())
                .add(1);
        if (one.reply() != null) {
            one.reply().settled();
        }
        retryMs = FIRST_RETRY_MS;
    }

    /** It could not be done: it will be tried again, unless the ledger ends. */
    void park(Case one, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (closed) {
            refuse(one, cause);
            return;
        }
        parked.add(one);
        if (!retryScheduled) {
            retryScheduled = true;
            LOG.atWarn()
                    .addKeyValue("group", id.groupId())
                    .addKeyValue("partition", partition)
                    .addKeyValue("reason", String.valueOf(cause.getMessage()))
                    .addKeyValue("retryMs", retryMs)
                    .log("a dead letter cannot be written; its record is kept, and tried again");
            ports.scheduler().after(retryMs, () -> group.executor().execute(this::retry));
            retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
        }
    }

    private void retry() {
        retryScheduled = false;
        if (!closed) {
            List<Case> again = List.copyOf(parked);
            parked.clear();
            again.forEach(this::add);
            settling.flush();
        }
    }

    private static void refuse(Case one, Throwable cause) {
        if (one.reply() != null) {
            one.reply().refused(cause);
        }
    }

    /** The records that are parked are available to whoever opens the ledger next. */
    void close() {
        closed = true;
        RefusedException ended = new RefusedException(Refusal.CLOSED, "the share group ended on " + partition);
        parked.forEach(one -> refuse(one, ended));
        parked.clear();
    }
}
