package io.polylog.mqtt.session;

import io.polylog.dispatch.Cursor;
import io.polylog.dispatch.Dispatcher;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Reads the tail of one partition for every session of a shard. It never waits for a session: one without room is left to
 * its own {@link CatchUp}. Owned by the shard; ends by itself when the partition does.
 */
final class Hub implements Runnable {

    /** Records handed out before the event loop gets to serve its sockets again. */
    private static final int SLICE_RECORDS = 256;

    private final Shard shard;
    private final TopicPartition partition;
    private final Executor loop;
    private final Cursor cursor;
    private boolean closed;

    Hub(Shard shard, TopicPartition partition, long offset, Dispatcher dispatcher, Executor loop) {
        this.shard = shard;
        this.partition = partition;
        this.loop = loop;
        this.cursor = dispatcher.open(partition, offset, loop, this);
    }

    TopicPartition partition() {
        return partition;
    }

    /** Offset of the next record it will hand out. */
    long position() {
        return cursor.position();
    }

    @Override
    public void run() {
        if (closed) {
            return;
        }
        List<StoredRecord> records = cursor.poll(SLICE_RECORDS);
        if (records.isEmpty()) {
            if (cursor.ended()) {
                shard.ended(this);
            }
            return; // the cursor runs this again when there is more
        }
        for (StoredRecord record : records) {
            shard.handOut(partition, record);
        }
        shard.flush();
        loop.execute(this);
    }

    void close() {
        closed = true;
        cursor.close();
    }
}
