package io.polylog.log;

import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The leader epochs on disk, replaced as a whole. Whatever position was forced, the file that was forced with it holds
 * all epochs up to there; should it be damaged, the segments hold them too. There is none as long as all records of the
 * log have epoch 0. Big-endian:
 *
 * <pre>
 *  0 uint32 CRC-32C of 4..end
 *  4 int32  version, 1
 *  8 int32  count
 * 12 count times: int32 epoch, int64 first offset
 * </pre>
 */
final class EpochFile {

    static final String NAME = "leader-epochs";

    private static final String NEW_NAME = NAME + ".new";
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 12;
    private static final int ENTRY_BYTES = 12;

    private EpochFile() {}

    static boolean exists(Disk disk, Path directory) throws IOException {
        return disk.exists(directory.resolve(NAME));
    }

    /** Empty if there is no file, or none that can be believed. */
    static Optional<LeaderEpochs> read(Disk disk, Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        if (!exists(disk, directory)) {
            return Optional.empty();
        }
        ByteBuffer content;
        try (DiskFile file = disk.open(path)) {
            if (file.size() < HEADER_BYTES || file.size() > Integer.MAX_VALUE) {
                return Optional.empty();
            }
            content = ByteBuffer.allocate((int) file.size());
            file.read(content, 0);
        }
        content.flip();
        int count = content.getInt(8);
        if (content.getInt(0) != crc(content)
                || content.getInt(4) != VERSION
                || content.limit() != HEADER_BYTES + (long) count * ENTRY_BYTES) {
            return Optional.empty();
        }
        List<LeaderEpochs.Start> starts = new ArrayList<>(count);
        content.position(HEADER_BYTES);
        while (content.hasRemaining()) {
            starts.add(new LeaderEpochs.Start(content.getInt(), content.getLong()));
        }
        return Optional.of(LeaderEpochs.of(starts));
    }

    /** Replaces the file; durable once the caller has forced the directory. */
    static void write(Disk disk, Path directory, LeaderEpochs epochs) throws IOException {
        List<LeaderEpochs.Start> starts = epochs.starts();
        ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + starts.size() * ENTRY_BYTES);
        content.position(4).putInt(VERSION).putInt(starts.size());
        for (LeaderEpochs.Start start : starts) {
            content.putInt(start.epoch()).putLong(start.offset());
        }
        content.flip().putInt(0, crc(content));
        Path fresh = directory.resolve(NEW_NAME);
        disk.delete(fresh);
        try (DiskFile file = disk.open(fresh)) {
            file.write(content, 0);
            file.force();
        }
        disk.rename(fresh, directory.resolve(NAME));
    }

    private static int crc(ByteBuffer content) {
        CRC32C crc = new CRC32C();
        crc.update(content.slice(4, content.limit() - 4));
        return (int) crc.getValue();
    }
}
