package io.polylog.server.routes;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The route files that are shipped as examples, as they are shipped. */
final class ExampleFile {

    private static final Path EXAMPLES = Path.of("../routes/examples");

    private ExampleFile() {}

    /** As the user does it. */
    static void copy(String name, Path directory) throws IOException {
        Files.copy(EXAMPLES.resolve(name), directory.resolve(name));
    }

    static List<Path> all() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(EXAMPLES, "*.yaml")) {
            found.forEach(files::add);
        }
        files.sort(null);
        return files;
    }
}
