package io.polylog.engine;

import io.polylog.broker.Registration;
import io.polylog.kv.KeyValueStore;
import io.polylog.log.PartitionLog;
import io.polylog.record.TopicPartition;
import io.polylog.txn.ActiveProducer;
import io.polylog.txn.Producer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition as it is hosted here: its log for readers on any thread, and who wants to hear of its growth. Changed by
 * the apply thread of its group alone.
 */
public final class Partition {

    private static final Logger logger = LoggerFactory.getLogger(Partition.class);

    private final TopicPartition id;
    private final PartitionLog log;
    private final OpenTransactions transactions;
    private final AbortedTransactions aborted;
    private final Producers producers;
    private final PartitionWriter writer;
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private volatile boolean deleted;
    private volatile PartitionSettings settings = PartitionSettings.DEFAULT;

    Partition(TopicPartition id, PartitionLog log, Supplier<Optional<KeyValueStore>> store) {
        this.id = id;
        this.log = log;
        this.transactions = new OpenTransactions(id.topicId(), id.partition());
        this.aborted = new AbortedTransactions(id.topicId(), id.partition(), store);
        this.producers = new Producers(id.topicId(), id.partition(), transactions);
        this.writer = new PartitionWriter(this);
    }

    public TopicPartition id() {
        return id;
    }

    /** For reading; only the apply thread appends. */
    public PartitionLog log() {
        return log;
    }

    public boolean deleted() {
        return deleted;
    }

    /** What it decides by. Any thread. */
    public PartitionSettings settings() {
        return settings;
    }

    /** Offset of the last record of each idempotent producer. Apply thread. */
    public Map<Long, Long> lastOffsets() {
        return producers.lastOffsets();
    }

    void configure(PartitionSettings changed, int segmentBytes) {
        settings = changed;
        log.configure(changed.log(segmentBytes));
    }

    PartitionWriter writer() {
        return writer;
    }

    Producers producers() {
        return producers;
    }

    OpenTransactions transactions() {
        return transactions;
    }

    /** For reading, on the reader pool. */
    public AbortedTransactions aborted() {
        return aborted;
    }

    /** Whether a transaction of the producer is open here. Any thread; apply may decide otherwise later. */
    public boolean isInTransaction(Producer producer) {
        OpenTransactions.Standing standing = transactions.standing(producer.id());
        return standing.isOpen() && standing.epoch() == producer.epoch();
    }

    /** The producers that are remembered; apply thread. */
    public List<ActiveProducer> activeProducers() {
        return producers.all();
    }

    /** Offset of the marker that ended the producer's last transaction here, or -1. Any thread, as above. */
    public long lastMarker(long producerId) {
        return transactions.standing(producerId).lastMarker();
    }

    /** Runs {@code onChange} on the apply thread after each advance of the high watermark, and when it is deleted. */
    public Registration watch(Runnable onChange) {
        Watcher watcher = new Watcher(onChange);
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }

    /** First offset of the oldest open transaction, or the end of the log; apply thread. */
    long firstUndecided() {
        return transactions.firstUndecided(log.endOffset());
    }

    void publish() {
        log.publish(firstUndecided());
        wake();
    }

    void markDeleted() {
        deleted = true;
        wake();
    }

    private void wake() {
        for (Watcher watcher : watchers) {
            try {
                watcher.onChange.run();
            } catch (RuntimeException failure) { // a watcher's fault must not stop the partition's group
                logger.atError().addKeyValue("partition", id).setCause(failure).log("a watcher failed");
            }
        }
    }

    /** Has identity, so that the same action may watch twice. */
    private static final class Watcher {
        private final Runnable onChange;

        Watcher(Runnable onChange) {
            this.onChange = onChange;
        }
    }
}
