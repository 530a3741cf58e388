package io.polylog.camel;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.spi.AdapterContext;
import io.polylog.testkit.LogContents;
import io.polylog.testkit.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A gateway whose routes the test writes, with what its topics hold and what its routes logged. One thread. */
final class RoutedGateway implements AutoCloseable {

    private static final int LOOK_INTERVAL_MS = 20;

    private final Path files;
    private final TestGateway gateway;
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.polylog.camel");
    private @Nullable Routes routes;

    RoutedGateway(Path directory) throws IOException {
        files = Files.createDirectory(directory.resolve("routes"));
        gateway = TestGateway.start(directory.resolve("data"));
        logged.start();
        logger.addAppender(logged);
    }

    AdapterContext context() {
        return gateway.context();
    }

    /** The directory of the route files. */
    Path files() {
        return files;
    }

    Routes start() {
        routes = Routes.start(files, gateway.context(), LOOK_INTERVAL_MS);
        return routes;
    }

    /** Stops the routes and leaves the log open. */
    void stop() {
        if (routes != null) {
            routes.close();
            routes = null;
        }
    }

    List<ILoggingEvent> logged() {
        return List.copyOf(logged.list);
    }

    /** What is reported of the first route. */
    Map<String, String> row() {
        return gateway.context().reports().rows("routes").orElseThrow().get(0);
    }

    void write(String file, String yaml) throws IOException {
        Files.writeString(files.resolve(file), yaml);
    }

    static String route(String id, String from, String to) {
        return "- route:\n    id: " + id + "\n    from:\n      uri: " + from + "\n      steps:\n        - to: \"" + to
                + "\"\n";
    }

    void publish(String topic, String key, String value, Header... headers) throws Exception {
        AdapterContext log = gateway.context();
        log.publisher()
                .publish(
                        log.topics().ensure(topic).toCompletableFuture().get(),
                        new Record(key.getBytes(UTF_8), value.getBytes(UTF_8), 1, Headers.of(headers)))
                .toCompletableFuture()
                .get();
    }

    /** What a topic holds; nothing if there is none of that name. */
    List<Record> read(String topic) {
        return LogContents.of(gateway.context(), topic);
    }

    List<String> messages() {
        return List.copyOf(logged.list).stream()
                .map(event -> event.getFormattedMessage() + " "
                        + (event.getKeyValuePairs() == null
                                ? ""
                                : event.getKeyValuePairs().stream()
                                        .map(pair -> pair.key + "=" + pair.value)
                                        .collect(Collectors.joining(" "))))
                .toList();
    }

    @Override
    public void close() throws IOException {
        stop();
        gateway.close();
        logger.detachAppender(logged);
    }
}
