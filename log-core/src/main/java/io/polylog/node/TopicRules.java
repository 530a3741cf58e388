package io.polylog.node;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.TopicSettings;
import io.polylog.broker.TopicSpec;
import java.util.regex.Pattern;

/** What a topic may be called and how large it may be. */
final class TopicRules {

    /** Partitions that one topic may have. */
    static final int MAX_PARTITIONS = 10_000;

    private static final int MAX_NAME_LENGTH = 249;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

    private final int defaultPartitions;

    TopicRules(int defaultPartitions) {
        this.defaultPartitions = defaultPartitions;
    }

    /**
     * The spec with its defaults filled in.
     *
     * @throws RefusedException {@code INVALID_TOPIC_NAME}, {@code INVALID_PARTITION_COUNT}, {@code INVALID_CONFIG}
     */
    TopicSpec check(TopicSpec spec) {
        checkName(spec.name());
        int partitions =
                spec.partitionCount() == TopicSpec.DEFAULT_PARTITIONS ? defaultPartitions : spec.partitionCount();
        checkPartitionCount(partitions);
        return new TopicSpec(spec.name(), partitions, TopicSettings.canonical(spec.config()));
    }

    void checkPartitionCount(int partitions) {
        if (partitions < 1 || partitions > MAX_PARTITIONS) {
            throw new RefusedException(
                    Refusal.INVALID_PARTITION_COUNT,
                    "a topic has 1 to " + MAX_PARTITIONS + " partitions, not " + partitions);
        }
    }

    private static void checkName(String name) {
        if (name.isEmpty()
                || name.length() > MAX_NAME_LENGTH
                || name.equals(".")
                || name.equals("..")
                || !NAME.matcher(name).matches()) {
            throw new RefusedException(
                    Refusal.INVALID_TOPIC_NAME,
                    "a topic name has 1 to " + MAX_NAME_LENGTH
                            + " characters of A-Z a-z 0-9 . _ - and is neither . nor ..");
        }
    }
}
