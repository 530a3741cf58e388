package io.polylog.server.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The published page of the mapping contract. */
final class Documentation {

    private static final Path PAGE = Path.of("..", "docs", "mapping.md");

    private Documentation() {}

    /** The lines of the table that begins with this heading; empty if there is none. */
    static List<String> table(String heading) throws IOException {
        return Files.readString(PAGE, UTF_8)
                .lines()
                .dropWhile(line -> !line.equals(heading))
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }
}
