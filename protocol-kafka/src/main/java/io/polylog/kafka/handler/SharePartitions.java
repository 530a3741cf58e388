package io.polylog.kafka.handler;

import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.Errors;

/** What Kafka's coordinator does not check of the partitions whose share-group offsets it is asked for, or to set. */
final class SharePartitions {

    private SharePartitions() {}

    /** It compares them with the number of partitions only, and would keep a negative one in the group for ever. */
    static void check(IntStream numbers) {
        if (numbers.anyMatch(number -> number < 0)) {
            throw Errors.INVALID_REQUEST.exception("the number of a partition is not negative");
        }
    }
}
