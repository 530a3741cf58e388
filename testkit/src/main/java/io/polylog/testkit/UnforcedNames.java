package io.polylog.testkit;

import io.polylog.disk.Disk;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Files and directories made, renamed and deleted since their directory was last forced. What is deleted moves aside
 * until that is forced. Under the disk's lock.
 */
final class UnforcedNames {

    private static final int MAX_DELETE_ATTEMPTS = 100;

    private final Disk real;
    private final Path deletedFiles;
    private final Map<Path, UnforcedContent> contents;
    private final List<Change> changes = new ArrayList<>();
    private int deletions;

    /**
     * A path that came, went, or went elsewhere.
     *
     * @param from where it was; null if it did not exist
     * @param to where it is; a deleted one is aside
     * @param directory whose force makes the change durable
     * @param withNext whether it is one step with the next change
     */
    private record Change(@Nullable Path from, Path to, Path directory, boolean withNext) {}

    /**
     * @param deletedFiles where deleted files go
     * @param contents what the files' contents lack, by path; moved along with the files
     */
    UnforcedNames(Disk real, Path deletedFiles, Map<Path, UnforcedContent> contents) {
        this.real = real;
        this.deletedFiles = deletedFiles;
        this.contents = contents;
    }

    Path deletedFiles() {
        return deletedFiles;
    }

    void created(Path path) {
        changes.add(new Change(null, path, parent(path), false));
    }

    void rename(Path source, Path target) throws IOException {
        if (real.exists(target)) {
            delete(target, true);
        }
        move(source, target);
        changes.add(new Change(source, target, parent(target), false));
    }

    void delete(Path path) throws IOException {
        delete(path, false);
    }

    private void delete(Path path, boolean withNext) throws IOException {
        real.createDirectories(deletedFiles);
        Path aside = deletedFiles.resolve(Integer.toString(deletions++));
        move(path, aside);
        changes.add(new Change(path, aside, parent(path), withNext));
    }

    void force(Path directory) throws IOException {
        for (Change change : List.copyOf(changes)) {
            if (change.directory().equals(directory)) {
                changes.remove(change);
                if (change.to().startsWith(deletedFiles)) {
                    remove(change.to());
                }
            }
        }
    }

    /** Takes back the last few changes; how many is chance. */
    void loseSome(Random random) throws IOException {
        int surviving = random.nextInt(changes.size() + 1);
        while (surviving > 0 && changes.get(surviving - 1).withNext()) {
            surviving--;
        }
        for (int i = changes.size() - 1; i >= surviving; i--) {
            Change change = changes.get(i);
            if (change.from() == null) {
                remove(change.to());
            } else if (real.exists(change.to()) && real.exists(parent(change.from()))) {
                // Its directory may be gone, if that was made and lost with it.
                move(change.to(), change.from());
            }
        }
        changes.clear();
        remove(deletedFiles);
    }

    private void move(Path source, Path target) throws IOException {
        real.rename(source, target);
        Map<Path, UnforcedContent> moved = new HashMap<>();
        contents.forEach((path, content) -> {
            if (path.startsWith(source)) {
                moved.put(path, content);
            }
        });
        moved.forEach((path, content) -> {
            contents.remove(path);
            contents.put(path.equals(source) ? target : target.resolve(source.relativize(path)), content);
        });
    }

    /** Deletes again what somebody who writes past this disk, such as a key-value store, puts there meanwhile. */
    private void remove(Path path) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                real.delete(path);
                break;
            } catch (DirectoryNotEmptyException refilled) {
                if (attempt == MAX_DELETE_ATTEMPTS) {
                    throw refilled;
                }
            }
        }
        contents.keySet().removeIf(known -> known.startsWith(path));
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(path + " has no directory");
        }
        return parent;
    }
}
