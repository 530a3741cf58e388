package io.polylog.engine;

import io.polylog.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Where one replica group keeps what it holds:
 *
 * <pre>
 *  manifest              names the checkpoint that a start begins from, see {@link Manifest}
 *  checkpoints/INDEX/    its key-value store as it was, never changed
 *  state/                the store in use, worthless after a crash
 *  logs/PARTITION/       segments of each partition
 * </pre>
 */
record GroupDirectory(Path home) {

    static GroupDirectory of(Path dataDirectory, int group) {
        return new GroupDirectory(dataDirectory.resolve("groups").resolve(String.format("%02d", group)));
    }

    Path logs() {
        return home.resolve("logs");
    }

    Path state() {
        return home.resolve("state");
    }

    Path checkpoints() {
        return home.resolve("checkpoints");
    }

    Path checkpoint(long index) {
        return checkpoints().resolve(String.format("%020d", index));
    }

    Path manifest() {
        return home.resolve("manifest");
    }

    /** Makes the directories; they survive a crash once a checkpoint has been taken, and are made again until then. */
    void create(Disk disk) throws IOException {
        disk.createDirectories(logs());
        disk.createDirectories(checkpoints());
    }
}
