package io.polylog.camel;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The route files of a directory. A change counts only when two looks in a row have seen the same, so that a file is not
 * taken while an editor is still writing it or has it moved aside. Owned by one thread.
 */
final class RouteDirectory {

    /** Files of routes that are looked at; further ones are left out, by name. */
    static final int MAX_FILES = 1_000;

    private static final Logger log = LoggerFactory.getLogger(RouteDirectory.class);

    private final Path directory;
    private final SortedMap<String, RouteSource> settled = new TreeMap<>();
    private SortedMap<String, RouteSource> lastSeen = new TreeMap<>();
    private boolean complained;

    RouteDirectory(Path directory) {
        this.directory = directory;
    }

    /** What is there now, whether it has just changed or not. */
    SortedMap<String, RouteSource> now() {
        lastSeen = look();
        settled.clear();
        settled.putAll(lastSeen);
        return new TreeMap<>(settled);
    }

    /** What is there, but for changes that this look is the first to see: those are left as they were before. */
    SortedMap<String, RouteSource> afterChanges() {
        SortedMap<String, RouteSource> seen = look();
        settled.keySet().removeIf(name -> !seen.containsKey(name) && !lastSeen.containsKey(name));
        for (Map.Entry<String, RouteSource> file : seen.entrySet()) {
            if (file.getValue().equals(lastSeen.get(file.getKey()))) {
                settled.put(file.getKey(), file.getValue());
            }
        }
        lastSeen = seen;
        return new TreeMap<>(settled);
    }

    private SortedMap<String, RouteSource> look() {
        SortedMap<String, RouteSource> files = new TreeMap<>();
        for (Path path : files(directory)) {
            String name = path.getFileName().toString();
            files.put(name, RouteSource.read(name, path));
        }
        return files;
    }

    private List<Path> files(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try {
            List<Path> files = list(directory);
            boolean tooMany = files.size() > MAX_FILES;
            if (tooMany && !complained) {
                log.atError()
                        .addKeyValue("directory", directory)
                        .addKeyValue("most", MAX_FILES)
                        .log("too many route files: the last by name are left out");
            }
            complained = tooMany;
            return tooMany ? files.subList(0, MAX_FILES) : files;
        } catch (IOException | DirectoryIteratorException unreadable) {
            if (!complained) {
                log.atError()
                        .addKeyValue("directory", directory)
                        .addKeyValue("cause", unreadable.getMessage())
                        .log("route directory cannot be read: its routes stay as they are");
            }
            complained = true;
            return lastSeen.keySet().stream().map(directory::resolve).toList();
        }
    }

    /** The files that end in {@code .yaml}, by name. */
    static List<Path> list(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.yaml")) {
            found.forEach(path -> {
                if (!Files.isDirectory(path)) {
                    files.add(path);
                }
            });
        }
        files.sort(null);
        return files;
    }
}
