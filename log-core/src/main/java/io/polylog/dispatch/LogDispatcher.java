package io.polylog.dispatch;

import io.polylog.broker.Fetcher;
import io.polylog.broker.Isolation;
import io.polylog.broker.Registration;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.metric.Meters;
import io.polylog.record.TopicPartition;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;

/**
 * Opens cursors over the partitions of this process; those of one partition that read
 * alike share a {@link PartitionFeed}. Thread-safe.
 * A waiting cursor costs an entry in its feed and no thread, timer or registration of its own.
 *
 * <p>Closing ends every cursor.
 */
public final class LogDispatcher implements Dispatcher, AutoCloseable {

    private final Fetcher fetcher;
    private final Executor readers;
    private final DispatchLimits limits;
    private final BatchCache cache;
    private final Meters.Counter decoded;
    private final ConcurrentMap<Read, PartitionFeed> feeds = new ConcurrentHashMap<>();
    private final Registration topicChanges;

    /** What the cursors of one feed have in common. */
    private record Read(TopicPartition partition, Isolation isolation) {}

    /**
     * @param readers the reader pool: decoding runs there
     */
    public LogDispatcher(Fetcher fetcher, Topics topics, Executor readers, DispatchLimits limits, Meters meters) {
        this.fetcher = fetcher;
        this.readers = readers;
        this.limits = limits;
        this.cache = new BatchCache(limits);
        this.decoded = meters.counter("polylog_dispatch_batches_decoded_total");
        meters.gauge("polylog_dispatch_cache_bytes", cache::sizeInBytes);
        this.topicChanges = topics.listen(new Topics.Listener() {
            @Override
            public void changed(Topic topic) {}

            @Override
            public void deleted(Topic topic) {
                for (TopicPartition partition : Topics.partitions(topic)) {
                    for (Isolation isolation : Isolation.values()) {
                        PartitionFeed feed = feeds.get(new Read(partition, isolation));
                        if (feed != null) {
                            feed.end("the topic was deleted");
                        }
                    }
                }
            }
        });
    }

    @Override
    public Cursor open(TopicPartition partition, Isolation isolation, long offset, Executor owner, Runnable onReady) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + " of " + partition);
        }
        PartitionFeed feed = feeds.compute(new Read(partition, isolation), (key, present) -> {
            PartitionFeed shared = present == null ? feed(key) : present;
            shared.openCursors++;
            return shared;
        });
        FeedCursor cursor = new FeedCursor(feed, limits, offset, owner, onReady);
        feed.open(cursor);
        return cursor;
    }

    private PartitionFeed feed(Read read) {
        return new PartitionFeed(
                read.partition, read.isolation, fetcher, limits, cache.slot(), readers, decoded, () -> closed(read));
    }

    /** A cursor was closed; the last one takes its feed along. */
    private void closed(Read read) {
        feeds.computeIfPresent(read, (key, feed) -> {
            if (--feed.openCursors > 0) {
                return feed;
            }
            feed.stop();
            return null;
        });
    }

    @Override
    public void close() {
        topicChanges.close();
        feeds.values().forEach(feed -> feed.end("the gateway is stopping"));
    }
}
