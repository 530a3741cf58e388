package io.polylog.mqtt.session;

import io.polylog.dispatch.Cursor;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.util.List;

/**
 * Reads one partition for one session that had no room when the hub came by, at the session's own pace and from the
 * record it missed, so that nothing is lost while the log has it. Done when it has caught up with the hub. Owned by the
 * shard.
 */
final class CatchUp implements Runnable {

    /** Records read ahead of the session. */
    private static final int SLICE_RECORDS = 64;

    private final Shard shard;
    private final Session session;
    private final TopicPartition partition;
    private final Cursor cursor;
    private List<StoredRecord> slice = List.of();
    private int next;
    private boolean scheduled;
    private boolean closed;

    CatchUp(Shard shard, Session session, TopicPartition partition, long offset) {
        this.shard = shard;
        this.session = session;
        this.partition = partition;
        this.cursor = shard.open(partition, offset, this);
    }

    /** Offset of the next record that the session is to see. */
    long position() {
        return next < slice.size() ? slice.get(next).offset() : cursor.position();
    }

    /** Goes on, in a task of its own: callers may be in the middle of handing something out. */
    void resume() {
        if (!scheduled && !closed) {
            scheduled = true;
            shard.execute(this::resumed);
        }
    }

    private void resumed() {
        scheduled = false;
        run();
    }

    @Override
    public void run() {
        if (closed) {
            return;
        }
        boolean room = true;
        while (room && next < slice.size()) {
            room = shard.handOutTo(session, partition, slice.get(next));
            if (room) {
                next++;
            }
        }
        session.flush();
        if (!room) {
            return; // the session resumes it when it has room
        }
        slice = cursor.poll(SLICE_RECORDS);
        next = 0;
        if (!slice.isEmpty()) {
            resume();
        } else if (cursor.ended()) {
            session.standing().forget(partition);
        } else if (shard.isLevelWithHub(partition, cursor.position())) {
            long position = cursor.position();
            close();
            session.standing().caughtUp(partition, position);
        }
    }

    void close() {
        closed = true;
        cursor.close();
    }
}
