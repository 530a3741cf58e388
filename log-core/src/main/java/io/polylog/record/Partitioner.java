package io.polylog.record;

import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** Kafka's partitioning of keyed records, so that every protocol puts a key where Kafka producers put it. */
public final class Partitioner {

    private static final byte[] EMPTY = {};

    private Partitioner() {}

    /**
     * @param key the record's key; null counts as the empty key
     * @param partitionCount from 1
     */
    public static int partitionFor(byte @Nullable [] key, int partitionCount) {
        return Utils.toPositive(Utils.murmur2(key == null ? EMPTY : key)) % partitionCount;
    }
}
