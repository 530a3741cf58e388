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

    private static final long NOTHING = -1;

    private final Shard shard;
    private final TopicPartition partition;
    private final Executor loop;
    private final Cursor cursor;
    private long handingOut = NOTHING;
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

    /** Offset of the next record it will hand out; of the one that it is handing out, while it does. */
    long position() {
        return handingOut == NOTHING ? cursor.position() : handingOut;
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
            handingOut = record.offset();
            shard.handOut(partition, record);
        }
        handingOut = NOTHING;
        shard.flush();
        loop.execute(this);
    }

    void close() {
        closed = true;
        cursor.close();
    }
}
