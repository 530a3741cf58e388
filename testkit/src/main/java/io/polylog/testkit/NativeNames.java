package io.polylog.testkit;

import io.polylog.disk.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Names that came to be past the disk, as a key-value store makes them, directly in directories that were made through
 * it. Until such a directory is forced, a crash may take them, or a part of what they hold.
 *
 * <p>What lies deeper in directories made past the disk is believed to be looked after by whoever made them. Under the
 * disk's lock.
 */
final class NativeNames {

    private final Disk real;
    private final Path ignored;

    /** Directories made through the disk, and the names in them that are durable or were made through it. */
    private final PathTree<Set<String>> known = new PathTree<>();

    /**
     * @param root a directory all of whose content counts as durable
     * @param ignored a name in it that belongs to the disk itself
     */
    NativeNames(Disk real, Path root, Path ignored) throws IOException {
        this.real = real;
        this.ignored = ignored;
        directoryMade(root);
        forced(root);
    }

    void directoryMade(Path directory) {
        known.values().put(directory, new HashSet<>());
    }

    void made(Path path) {
        Set<String> names = known.values().get(path.getParent());
        if (names != null) {
            names.add(name(path));
        }
    }

    void moved(Path source, Path target) {
        Set<String> names = known.values().get(source.getParent());
        // A native name is as unsure under its new name.
        boolean sure = names == null || names.remove(name(source));
        known.move(source, target);
        if (sure) {
            made(target);
        }
    }

    void removed(Path path) {
        known.remove(path);
        Set<String> names = known.values().get(path.getParent());
        if (names != null) {
            names.remove(name(path));
        }
    }

    void forced(Path directory) throws IOException {
        Set<String> names = known.values().get(directory);
        if (names != null) {
            for (Path path : real.list(directory)) {
                names.add(name(path));
            }
        }
    }

    void loseSome(Random random) throws IOException {
        for (Map.Entry<Path, Set<String>> directory : List.copyOf(known.values().entrySet())) {
            for (Path path : real.list(directory.getKey())) {
                if (!directory.getValue().contains(name(path)) && !path.equals(ignored)) {
                    lose(random, path);
                }
            }
        }
    }

    private void lose(Random random, Path path) throws IOException {
        switch (random.nextInt(3)) {
            case 0 -> real.delete(path);
            case 1 -> {
                if (Files.isDirectory(path)) {
                    for (Path inside : real.list(path)) {
                        if (random.nextBoolean()) {
                            real.delete(inside);
                        }
                    }
                }
            }
            default -> {} // it survives whole
        }
    }

    /** After a crash: what is there has survived. */
    void allDurable() throws IOException {
        known.values().keySet().removeIf(directory -> !Files.isDirectory(directory));
        for (Path directory : List.copyOf(known.values().keySet())) {
            forced(directory);
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
