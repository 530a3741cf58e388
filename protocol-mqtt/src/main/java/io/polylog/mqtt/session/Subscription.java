package io.polylog.mqtt.session;

import io.polylog.record.TopicPartition;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One filter of one session with its options. Owned by the session's shard.
 *
 * <p>It begins at each partition's high watermark of the moment it was made, or at the log's start if it asks for that.
 * Only where its session's reading is not yet that far is the start kept, and forgotten once passed.
 */
final class Subscription {

    /** No subscription identifier was given. */
    static final int NO_IDENTIFIER = 0;

    /**
     * What a SUBSCRIBE asks for one filter (MQTT 5 §3.8.3.1).
     *
     * @param qos granted, 0 to 2
     * @param noLocal not to get what the same client publishes
     * @param retainAsPublished to get the retain flag as the publisher set it
     * @param identifier 1 to 268,435,455, or {@link #NO_IDENTIFIER}
     * @param position to get partition, offset and timestamp as user properties
     * @param start where in the log to begin
     */
    record Options(
            int qos, boolean noLocal, boolean retainAsPublished, int identifier, boolean position, Start start) {}

    /** Where in the log a subscription begins. */
    enum Start {
        /** With the first record after it was made, as MQTT has it. */
        LATEST,
        /** With the first record that the log still holds. */
        EARLIEST
    }

    private final Session session;
    private final String filter;
    private final Options options;
    private @Nullable Map<TopicPartition, Long> starts;

    Subscription(Session session, String filter, Options options) {
        this.session = session;
        this.filter = filter;
        this.options = options;
    }

    Session session() {
        return session;
    }

    String filter() {
        return filter;
    }

    Options options() {
        return options;
    }

    /** Where it begins in partitions that its session has not read that far. */
    Map<TopicPartition, Long> starts() {
        return starts == null ? Map.of() : starts;
    }

    /** Records of {@code partition} below {@code offset} are older than this subscription. */
    void startAt(TopicPartition partition, long offset) {
        if (starts == null) {
            starts = new HashMap<>();
        }
        starts.merge(partition, offset, Math::max);
    }

    /** No record is older than this subscription. */
    void startAnywhere() {
        starts = null;
    }

    /** A subscription that replaces another of the same filter begins where that one did: nothing is lost (MQTT-3.8.4-3). */
    void continueFrom(Subscription replaced) {
        starts = replaced.starts;
    }

    /** Whether a record is new enough. Sessions see a partition's records in order, so a start that is passed is done. */
    boolean begins(TopicPartition partition, long offset) {
        if (starts == null) {
            return true;
        }
        Long start = starts.get(partition);
        if (start == null) {
            return true;
        }
        if (offset < start) {
            return false;
        }
        starts.remove(partition);
        if (starts.isEmpty()) {
            starts = null;
        }
        return true;
    }
}
