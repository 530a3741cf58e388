package io.polylog.amqp.link;

import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Registration;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.dispatch.Cursor;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import io.polylog.share.Acquired;
import io.polylog.share.Outcome;
import io.polylog.spi.AdapterContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Delivers what stands in a topic's log, to one client alone and without keeping account of it: a volatile subscription
 * from now on, or a browser from the beginning. How the client settles changes nothing.
 *
 * <p>Owned by the connection's event loop. Partitions that are added to the topic are read from their beginning.
 */
final class CursorSource implements DeliverySource {
    private final Outlet outlet;
    private final AdapterContext gateway;
    private final Executor loop;
    private final List<Cursor> cursors = new ArrayList<>();
    private final Registration changes;
    private int next;
    private boolean closed;

    private CursorSource(Outlet outlet, AdapterContext gateway, Executor loop, Topic topic, boolean fromBeginning) {
        this.outlet = outlet;
        this.gateway = gateway;
        this.loop = loop;
        for (TopicPartition partition : Topics.partitions(topic)) {
            open(partition, fromBeginning);
        }
        this.changes = gateway.topics().listen(new Topics.Listener() {
            @Override
            public void changed(Topic changed) {
                if (changed.id().equals(topic.id())) {
                    loop.execute(() -> grow(changed));
                }
            }

            @Override
            public void deleted(Topic deleted) {
                if (deleted.id().equals(topic.id())) {
                    loop.execute(() -> end("topic " + topic.name() + " was deleted"));
                }
            }
        });
    }

    /** Only what is published from now on. */
    static CursorSource subscription(Outlet outlet, AdapterContext gateway, Executor loop, Topic topic) {
        return new CursorSource(outlet, gateway, loop, topic, false);
    }

    /** Everything the log holds, and what is published meanwhile. */
    static CursorSource browser(Outlet outlet, AdapterContext gateway, Executor loop, Topic topic) {
        return new CursorSource(outlet, gateway, loop, topic, true);
    }

    private void open(TopicPartition partition, boolean fromBeginning) {
        PartitionOffsets offsets = gateway.fetcher().offsets(partition);
        long from = fromBeginning ? offsets.logStart() : offsets.lastStable();
        cursors.add(gateway.dispatcher().open(partition, from, loop, this::update));
    }

    private void grow(Topic topic) {
        for (int p = cursors.size(); !closed && p < topic.partitionCount(); p++) {
            open(topic.partition(p), true);
        }
        update();
    }

    @Override
    public void update() {
        int idle = 0;
        while (!closed && idle < cursors.size() && outlet.credit() > 0 && outlet.hasRoom()) {
            Cursor cursor = cursors.get(next);
            next = (next + 1) % cursors.size();
            idle = deliverOne(cursor) ? 0 : idle + 1;
        }
        if (!closed && outlet.draining() && outlet.credit() > 0 && outlet.hasRoom() && atEnd()) {
            outlet.drained();
        }
    }

    private boolean deliverOne(Cursor cursor) {
        List<StoredRecord> records = cursor.poll(1);
        if (records.isEmpty()) {
            if (cursor.ended()) {
                end("topic " + cursor.partition().topic() + " can no longer be read");
            }
            return false;
        }
        StoredRecord record = records.get(0);
        outlet.deliver(new Acquired(cursor.partition(), record.offset(), 0, 0, 0, record.record()));
        return true;
    }

    /** Whether the cursors have given all there is; what is still being read ahead does not count as nothing. */
    private boolean atEnd() {
        try {
            for (Cursor cursor : cursors) {
                if (cursor.position()
                        < gateway.fetcher().offsets(cursor.partition()).lastStable()) {
                    return false;
                }
            }
            return true;
        } catch (RefusedException gone) {
            return true;
        }
    }

    private void end(String reason) {
        if (!closed) {
            outlet.ended(reason);
        }
    }

    @Override
    public CompletionStage<Void> settle(Collection<Acquired> records, Outcome outcome) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        closed = true;
        changes.close();
        cursors.forEach(Cursor::close);
        cursors.clear();
    }
}
