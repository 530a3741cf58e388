package io.polylog.engine;

import java.nio.file.Path;
import java.util.Objects;

/**
 * How the local engine is laid out.
 *
 * @param directory data directory
 * @param dataGroups replica groups for partitions, beside group 0; fixed when the directory is first used
 * @param durability what an acknowledgement promises
 * @param segmentBytes size at which a partition's next segment begins
 * @param checkpointBytes bytes of journal after which the groups are checkpointed
 * @param checkpointIntervalMs milliseconds after which they are, if anything was written
 * @param diskReserveBytes room on the disk that writes leave free, from 0; less on a disk that is small
 * @param mostOpenFiles segments of logs that are open at a time, from 4
 */
public record EngineSettings(
        Path directory,
        int dataGroups,
        Durability durability,
        int segmentBytes,
        long checkpointBytes,
        long checkpointIntervalMs,
        long diskReserveBytes,
        int mostOpenFiles) {

    public static final int DEFAULT_DATA_GROUPS = 8;
    public static final int DEFAULT_SEGMENT_BYTES = 128 << 20;
    public static final int DEFAULT_CHECKPOINT_BYTES = 128 << 20;
    public static final int DEFAULT_CHECKPOINT_INTERVAL_MS = 30_000;
    public static final int DEFAULT_DISK_RESERVE_BYTES = 256 << 20;

    public static final int DEFAULT_MOST_OPEN_FILES = 1024;

    private static final long MAX_JOURNAL_FILE_BYTES = 32L << 20;

    public EngineSettings {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(durability, "durability");
        if (dataGroups < 1
                || segmentBytes < 1
                || checkpointBytes < 1
                || checkpointIntervalMs < 1
                || diskReserveBytes < 0
                || mostOpenFiles < 4) {
            throw new IllegalArgumentException(
                    "groups, sizes and intervals count from 1, the reserve from 0, files from 4");
        }
    }

    /** Size at which the journal's next file begins: the journal is trimmed by whole files, so a fraction of it. */
    long journalFileBytes() {
        return Math.min(MAX_JOURNAL_FILE_BYTES, Math.max(1, checkpointBytes / 4));
    }

    public static EngineSettings defaults(Path directory) {
        return new EngineSettings(
                directory,
                DEFAULT_DATA_GROUPS,
                Durability.FSYNC,
                DEFAULT_SEGMENT_BYTES,
                DEFAULT_CHECKPOINT_BYTES,
                DEFAULT_CHECKPOINT_INTERVAL_MS,
                DEFAULT_DISK_RESERVE_BYTES,
                DEFAULT_MOST_OPEN_FILES);
    }
}
