package io.polylog.node;

import io.polylog.config.ConfigKey;
import io.polylog.engine.Durability;
import io.polylog.engine.EngineSettings;
import java.util.List;

/** The settings of the log itself. */
public final class LogKeys {

    public static final ConfigKey<String> DATA_DIR =
            ConfigKey.text("data-dir", "data", "Directory for everything that is kept; created if it does not exist.");

    public static final ConfigKey<Durability> DURABILITY = ConfigKey.choice(
            "durability",
            Durability.class,
            Durability.FSYNC,
            "fsync: an acknowledged message survives a crash of the machine; os: of the process only, as with Kafka's"
                    + " defaults.");

    public static final ConfigKey<Boolean> AUTO_CREATE_TOPICS =
            ConfigKey.flag("auto-create-topics", true, "Whether a topic is created when a client first names it.");

    public static final ConfigKey<Integer> DEFAULT_PARTITIONS = ConfigKey.integer(
            "default-partitions", 1, 1, TopicRules.MAX_PARTITIONS, "Partitions of a topic that does not say how many.");

    public static final ConfigKey<Integer> DATA_GROUPS = ConfigKey.integer(
            "data-groups",
            EngineSettings.DEFAULT_DATA_GROUPS,
            1,
            64,
            "Replica groups that partitions are spread over; fixed when the data directory is first used.");

    public static final ConfigKey<Integer> SEGMENT_BYTES = ConfigKey.integer(
            "segment-bytes",
            EngineSettings.DEFAULT_SEGMENT_BYTES,
            4096,
            1 << 30,
            "Size in bytes at which a partition begins its next segment file.");

    public static final ConfigKey<Integer> CHECKPOINT_BYTES = ConfigKey.integer(
            "checkpoint-bytes",
            EngineSettings.DEFAULT_CHECKPOINT_BYTES,
            4096,
            1 << 30,
            "Bytes written to the journal after which a checkpoint is taken; a start replays a few times as much at most.");

    public static final ConfigKey<Integer> CHECKPOINT_INTERVAL_MS = ConfigKey.integer(
            "checkpoint-interval-ms",
            EngineSettings.DEFAULT_CHECKPOINT_INTERVAL_MS,
            1,
            3_600_000,
            "Milliseconds after which a checkpoint is taken if anything was written since the last one.");

    public static final ConfigKey<Integer> GROUP_METADATA_PARTITIONS = ConfigKey.integer(
            "group-metadata-partitions",
            4,
            1,
            50,
            "Partitions of the topic that keeps consumer groups and their offsets; fixed when the first group appears.");

    public static final ConfigKey<Integer> DISK_RESERVE_BYTES = ConfigKey.integer(
            "disk-reserve-bytes",
            EngineSettings.DEFAULT_DISK_RESERVE_BYTES,
            0,
            Integer.MAX_VALUE,
            "Room in bytes that writes leave free on the disk of the data directory, but at most a tenth of that disk;"
                    + " beyond it they are refused until there is room again.");

    public static final ConfigKey<Integer> MAX_OPEN_SEGMENTS = ConfigKey.integer(
            "max-open-segments",
            0,
            0,
            1_000_000,
            "Segments of partitions whose files are open at a time, others being opened when they are needed; 0 for as many"
                    + " as the limit of open files (ulimit -n) allows beside connections.");

    public static final ConfigKey<Integer> RETENTION_CHECK_INTERVAL_MS = ConfigKey.integer(
            "retention-check-interval-ms",
            300_000,
            1,
            86_400_000,
            "Milliseconds between two looks for records that are older or more than their topics keep.");

    public static final ConfigKey<Integer> COMPACTION_CHECK_INTERVAL_MS = ConfigKey.integer(
            "compaction-check-interval-ms",
            15_000,
            1,
            86_400_000,
            "Milliseconds between two looks for partitions to be compacted.");

    public static final ConfigKey<Integer> COMPACTION_MAP_BYTES = ConfigKey.integer(
            "compaction-map-bytes",
            16 << 20,
            4096,
            1 << 30,
            "Memory in bytes for keys while a partition is compacted, 24 for each; more keys take more passes.");

    public static final ConfigKey<Integer> COMPACTION_BYTES_PER_SECOND = ConfigKey.integer(
            "compaction-bytes-per-second",
            64 << 20,
            4096,
            Integer.MAX_VALUE,
            "How fast compaction reads, in bytes a second, so that clients have the disk and the processor.");

    public static final ConfigKey<Integer> SCHEDULE_MAX_DELAY_DAYS = ConfigKey.integer(
            "schedule-max-delay-days",
            3653,
            1,
            36_500,
            "Days that a message may be scheduled ahead; one that asks for more is refused.");

    public static final ConfigKey<Integer> METRICS_MAX_TOPICS = ConfigKey.integer(
            "metrics-max-topics",
            1_000,
            0,
            100_000,
            "Topics that metrics name, and groups; what is counted for others has the topic _other.");

    private LogKeys() {}

    public static List<ConfigKey<?>> all() {
        return List.of(
                DATA_DIR,
                DURABILITY,
                AUTO_CREATE_TOPICS,
                DEFAULT_PARTITIONS,
                DATA_GROUPS,
                SEGMENT_BYTES,
                DISK_RESERVE_BYTES,
                CHECKPOINT_BYTES,
                CHECKPOINT_INTERVAL_MS,
                GROUP_METADATA_PARTITIONS,
                MAX_OPEN_SEGMENTS,
                RETENTION_CHECK_INTERVAL_MS,
                COMPACTION_CHECK_INTERVAL_MS,
                COMPACTION_MAP_BYTES,
                COMPACTION_BYTES_PER_SECOND,
                SCHEDULE_MAX_DELAY_DAYS,
                METRICS_MAX_TOPICS);
    }
}
