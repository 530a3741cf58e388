package io.polylog.kv;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of stores that are not open. They are moved past the log's disk, since RocksDB writes them so as well, and
 * nothing in a live store needs to survive a crash.
 */
final class StoreFiles {

    /** Tables and blobs are never changed once written; everything else a live store appends to or replaces. */
    private static final List<String> UNCHANGING = List.of(".sst", ".blob");

    private StoreFiles() {}

    static void restore(Path checkpoint, Path live) throws IOException {
        delete(live);
        Files.createDirectories(live);
        for (Path file : files(checkpoint)) {
            Path copy = live.resolve(file.getFileName());
            if (UNCHANGING.stream().noneMatch(file.getFileName().toString()::endsWith) || !link(file, copy)) {
                Files.copy(file, copy);
            }
        }
    }

    private static boolean link(Path file, Path copy) throws IOException {
        try {
            Files.createLink(copy, file);
            return true;
        } catch (UnsupportedOperationException | FileSystemException noLinksHere) {
            Files.deleteIfExists(copy);
            return false;
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> found = Files.list(directory)) {
            return found.sorted().toList();
        }
    }

    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
