package io.polylog.camel;

import io.polylog.spi.AdapterContext;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the routes of a directory. While the directory holds no route file, no Camel class is loaded: a gateway without
 * routes does not pay for them. This class therefore names no Camel type, and nothing that does before it must.
 */
public final class Routes {

    private static final Logger log = LoggerFactory.getLogger(Routes.class);

    private Routes() {}

    /**
     * Loads every {@code *.yaml} file (so also {@code *.camel.yaml}) directly in {@code directory}, by name, and starts
     * its routes. A file that cannot be used is logged with its cause, and leaves nothing behind; the others run. Takes
     * about a second when there is a file, so call it once the gateway serves, and not on an event loop.
     *
     * @param directory need not exist
     * @return stops the routes when closed, letting messages in flight finish first; close it before the log
     */
    public static AutoCloseable start(Path directory, AdapterContext context) {
        List<Path> files = files(directory);
        return files.isEmpty() ? () -> {} : RouteEngine.start(files, context);
    }

    private static List<Path> files(Path directory) {
        List<Path> files = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return files;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.yaml")) {
            found.forEach(files::add);
        } catch (IOException | DirectoryIteratorException unreadable) {
            log.atError()
                    .addKeyValue("directory", directory)
                    .addKeyValue("cause", unreadable.getMessage())
                    .log("route directory cannot be read: no route runs");
            return List.of();
        }
        Collections.sort(files);
        return files;
    }
}
