package io.polylog.testkit;

import io.polylog.disk.Disk;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files and directories made, renamed and deleted since their directory was last forced. What is deleted moves aside
 * until that is forced. Under the disk's lock.
 */
final class UnforcedNames {

    private static final int MAX_DELETE_ATTEMPTS = 100;

    private final Disk real;
    private final Path deletedFiles;
    private final PathTree<UnforcedContent> contents;
    private final NativeNames natives;
    private final List<Change> changes = new ArrayList<>();
    private int deletions;

    /**
     * A path that came, went, or went elsewhere. When a directory is moved, so are the changes in it.
     *
     * @param from the name it had; null if it did not exist
     * @param name the name it got; null if it was deleted
     * @param to where it is; a deleted one is aside
     * @param directory whose force makes the change durable
     * @param withNext whether it is one step with the next change
     */
    private record Change(@Nullable Path from, @Nullable Path name, Path to, Path directory, boolean withNext) {

        List<Path> names() {
            return Stream.of(from, name).filter(Objects::nonNull).toList();
        }

        Change moved(Path source, Path target) {
            return new Change(
                    from == null ? null : movedName(from, source, target),
                    name == null ? null : movedName(name, source, target),
                    to.startsWith(source) ? PathTree.moved(to, source, target) : to,
                    directory.startsWith(source) ? PathTree.moved(directory, source, target) : directory,
                    withNext);
        }

        /** A name belongs to its directory: it moves with that, not with the file that bears it. */
        private static Path movedName(Path name, Path source, Path target) {
            return name.startsWith(source) && !name.equals(source) ? PathTree.moved(name, source, target) : name;
        }
    }

    /**
     * @param deletedFiles where deleted files go
     * @param contents what the files' contents lack; moved along with the files
     * @param natives names made past the disk; moved likewise
     */
    UnforcedNames(Disk real, Path deletedFiles, PathTree<UnforcedContent> contents, NativeNames natives) {
        this.real = real;
        this.deletedFiles = deletedFiles;
        this.contents = contents;
        this.natives = natives;
    }

    Path deletedFiles() {
        return deletedFiles;
    }

    void created(Path path) {
        natives.made(path);
        changes.add(new Change(null, path, path, parent(path), false));
    }

    void rename(Path source, Path target) throws IOException {
        if (real.exists(target)) {
            delete(target, true);
        }
        move(source, target);
        changes.add(new Change(source, target, target, parent(target), false));
    }

    void delete(Path path) throws IOException {
        delete(path, false);
    }

    private void delete(Path path, boolean withNext) throws IOException {
        real.createDirectories(deletedFiles);
        Path aside = deletedFiles.resolve(Integer.toString(deletions++));
        move(path, aside);
        changes.add(new Change(path, null, aside, parent(path), withNext));
    }

    void force(Path directory) throws IOException {
        for (Change change : List.copyOf(changes)) {
            if (change.directory().equals(directory)) {
                changes.remove(change);
                if (change.to().startsWith(deletedFiles)) {
                    remove(change.to());
                    changes.removeIf(inside -> inside.directory().startsWith(change.to()));
                }
            }
        }
        natives.forced(directory);
    }

    /**
     * Takes back some changes, which is chance: of those that concern one name the last few. No file system puts those
     * out of order; different names need not keep theirs.
     */
    void loseSome(Random random) throws IOException {
        Set<Integer> surviving = surviving(random);
        for (int i = changes.size() - 1; i >= 0; i--) {
            Change change = changes.get(i);
            if (surviving.contains(i)) {
                continue;
            }
            if (change.from() == null) {
                remove(change.to());
            } else if (real.exists(change.to()) && real.exists(parent(change.from()))) {
                // Its directory may be gone, if that was made and lost with it. What has the name now was made later,
                // past
                // the disk.
                remove(change.from());
                move(change.to(), change.from());
            }
        }
        changes.clear();
        remove(deletedFiles);
    }

    private Set<Integer> surviving(Random random) {
        Set<Integer> surviving = new HashSet<>();
        for (List<Integer> chain : chains()) {
            int count = switch (random.nextInt(4)) {
                case 0 -> 0;
                case 1 -> chain.size();
                default -> random.nextInt(chain.size() + 1);
            };
            while (count > 0 && changes.get(chain.get(count - 1)).withNext()) {
                count--;
            }
            surviving.addAll(chain.subList(0, count));
        }
        return surviving;
    }

    /** Indexes of changes that have names in common, in their order. */
    private List<List<Integer>> chains() {
        Map<Path, List<Integer>> byName = new HashMap<>();
        List<List<Integer>> chains = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            List<Integer> chain = new ArrayList<>();
            for (Path name : changes.get(i).names()) {
                List<Integer> other = byName.get(name);
                if (other != null && other != chain) {
                    chains.remove(other);
                    chain.addAll(other);
                    List<Integer> merged = chain;
                    byName.replaceAll((path, known) -> known == other ? merged : known);
                }
                byName.put(name, chain);
            }
            chain.add(i);
            chain.sort(null);
            chains.add(chain);
        }
        return chains;
    }

    private void move(Path source, Path target) throws IOException {
        real.rename(source, target);
        contents.move(source, target);
        natives.moved(source, target);
        changes.replaceAll(change -> change.moved(source, target));
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
        contents.remove(path);
        natives.removed(path);
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(path + " has no directory");
        }
        return parent;
    }
}
