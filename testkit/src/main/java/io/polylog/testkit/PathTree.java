package io.polylog.testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is known by path, and follows the files and directories that are moved. In name order, so that one seed means one outcome. */
final class PathTree<V> {

    private final Map<Path, V> values = new TreeMap<>();

    Map<Path, V> values() {
        return values;
    }

    void move(Path source, Path target) {
        for (Path path : List.copyOf(values.keySet())) {
            if (path.startsWith(source)) {
                values.put(moved(path, source, target), values.remove(path));
            }
        }
    }

    void remove(Path path) {
        values.keySet().removeIf(known -> known.startsWith(path));
    }

    /** Where {@code path} is once {@code source}, which it is or lies below, has become {@code target}. */
    static Path moved(Path path, Path source, Path target) {
        return path.equals(source) ? target : target.resolve(source.relativize(path));
    }
}
