package io.polylog.mqtt.session;

import io.polylog.record.TopicPartition;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a session stands in each partition, as against the shard's hub: in step with it, which needs no note; behind it,
 * with a {@link CatchUp} of its own; or ahead of it, having caught up before the hub got there. Owned by the shard.
 */
final class Standing {

    private final Shard shard;
    private final Session session;
    private final Map<TopicPartition, CatchUp> behind = new HashMap<>(2);
    /** After catching up ahead of the hub: records below these offsets were sent already. */
    private final Map<TopicPartition, Long> ahead = new HashMap<>(2);

    private boolean closed;

    Standing(Shard shard, Session session) {
        this.shard = shard;
        this.session = session;
    }

    /** Whether the hub serves this session at that record; otherwise it has it already, or will read it itself. */
    boolean isInStep(TopicPartition partition, long offset) {
        if (closed || (!behind.isEmpty() && behind.containsKey(partition))) {
            return false;
        }
        if (ahead.isEmpty()) {
            return true;
        }
        Long first = ahead.get(partition);
        if (first == null) {
            return true;
        }
        if (offset < first) {
            return false;
        }
        ahead.remove(partition);
        return true;
    }

    /** Where it reads on in a partition, given where the hub does. */
    long positionIn(TopicPartition partition, long hubPosition) {
        CatchUp catchUp = behind.get(partition);
        return catchUp == null ? hubPosition : catchUp.position();
    }

    /** The offset of the first record that it has not looked at, given where the hub is. */
    long readUpTo(TopicPartition partition, long hubPosition) {
        return Math.max(positionIn(partition, hubPosition), ahead.getOrDefault(partition, 0L));
    }

    /** There was no room for the record at {@code offset}: from there on the session reads for itself. */
    void fallBehind(TopicPartition partition, long offset) {
        if (!closed) { // else the write that failed has ended the connection
            behind.put(partition, new CatchUp(shard, session, partition, offset));
        }
    }

    /** The hub serves this partition again, except for what lies below {@code position}. */
    void caughtUp(TopicPartition partition, long position) {
        behind.remove(partition);
        ahead.put(partition, position);
    }

    /** A partition is gone, and with it what was remembered of it. */
    void forget(TopicPartition partition) {
        CatchUp catchUp = behind.remove(partition);
        if (catchUp != null) {
            catchUp.close();
        }
        ahead.remove(partition);
    }

    /** The partitions that it reads for itself, in a copy. */
    Collection<TopicPartition> partitionsBehind() {
        return List.copyOf(behind.keySet());
    }

    /** There may be room again. */
    void resume() {
        if (!behind.isEmpty()) {
            behind.values().forEach(CatchUp::resume);
        }
    }

    /** Ends all reading. */
    void close() {
        closed = true;
        behind.values().forEach(CatchUp::close);
        behind.clear();
        ahead.clear();
    }
}
