package io.polylog.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A disk that does as it is told, in a directory of its own. */
abstract class OnAFaultyDisk {

    @TempDir
    Path root;

    // One generator for all crashes of a test: those of consecutive seeds begin alike.
    final Random random = new Random(1);
    FaultyDisk disk;

    @BeforeEach
    void create() throws IOException {
        disk = new FaultyDisk(root);
    }

    Path forcedFile(String name, String content) throws IOException {
        Path path = root.resolve(name);
        try (DiskFile file = disk.open(path)) {
            file.write(bytes(content), 0);
            file.force();
        }
        disk.forceDirectory(root);
        return path;
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
