package io.polylog.mqtt.session;

import io.polylog.mqtt.session.Subscription.Options;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * How a session keeps a subscription's options: int8 version 1, int8 QoS, int8 flags (1 no local, 2 retain as published, 4
 * position, 8 earliest), int32 identifier, int32 count of starts, for each topic id, int32 partition, int64 offset.
 */
final class SubscriptionCodec {

    private static final byte VERSION = 1;
    private static final int NO_LOCAL = 1;
    private static final int RETAIN_AS_PUBLISHED = 2;
    private static final int POSITION = 4;
    private static final int EARLIEST = 8;
    private static final int START_BYTES = 16 + Integer.BYTES + Long.BYTES;

    private SubscriptionCodec() {}

    /** A partition by the id of its topic. */
    record Place(UUID topicId, int partition) {}

    /** What was kept of a subscription. */
    record Kept(Options options, Map<Place, Long> starts) {}

    static byte[] encode(Subscription subscription) {
        Options options = subscription.options();
        ByteBuffer out = ByteBuffer.allocate(
                3 + 2 * Integer.BYTES + START_BYTES * subscription.starts().size());
        out.put(VERSION).put((byte) options.qos());
        out.put((byte) ((options.noLocal() ? NO_LOCAL : 0)
                | (options.retainAsPublished() ? RETAIN_AS_PUBLISHED : 0)
                | (options.position() ? POSITION : 0)
                | (options.start() == Subscription.Start.EARLIEST ? EARLIEST : 0)));
        out.putInt(options.identifier()).putInt(subscription.starts().size());
        subscription
                .starts()
                .forEach((partition, offset) -> out.putLong(partition.topicId().getMostSignificantBits())
                        .putLong(partition.topicId().getLeastSignificantBits())
                        .putInt(partition.partition())
                        .putLong(offset));
        return out.array();
    }

    /**
     * @throws IllegalStateException if a newer gateway has written it
     */
    static Kept decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte version = in.get();
        if (version != VERSION) {
            throw new IllegalStateException("subscription of version " + version);
        }
        int qos = in.get();
        int flags = in.get();
        Options options = new Options(
                qos,
                (flags & NO_LOCAL) != 0,
                (flags & RETAIN_AS_PUBLISHED) != 0,
                in.getInt(),
                (flags & POSITION) != 0,
                (flags & EARLIEST) != 0 ? Subscription.Start.EARLIEST : Subscription.Start.LATEST);
        int count = in.getInt();
        Map<Place, Long> starts = new HashMap<>();
        for (int i = 0; i < count; i++) {
            starts.put(new Place(new UUID(in.getLong(), in.getLong()), in.getInt()), in.getLong());
        }
        return new Kept(options, starts);
    }
}
