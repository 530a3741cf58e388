package io.polylog.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.polylog.broker.LogRead;
import io.polylog.broker.Topic;
import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.ProtocolAdapterFactory;
import io.polylog.testkit.TestGateway;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** YAML routes on a real log. */
@Timeout(60)
class RoutesTest {

    @TempDir
    Path directory;

    @TempDir
    Path data;

    private TestGateway gateway;
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.polylog.camel");
    private AutoCloseable routes = () -> {};

    @BeforeEach
    void open() throws IOException {
        gateway = TestGateway.start(data);
        logged.start();
        logger.addAppender(logged);
    }

    @AfterEach
    void stop() throws Exception {
        routes.close();
        gateway.close();
        logger.detachAppender(logged);
    }

    @Test
    void filtersAndEnrichesFromOneTopicToAnother() throws Exception {
        write("eu.camel.yaml", """
                - route:
                    id: eu-orders
                    from:
                      uri: polylog:orders
                      parameters: { group: eu, startAt: earliest }
                      steps:
                        - filter:
                            simple: "${header.region} == 'eu'"
                            steps:
                              - setHeader: { name: checked-by, constant: eu-orders }
                              - to: polylog:orders-eu
                """);
        start();
        publish("orders", "k1", "first", Header.text("region", "eu"), Header.text("tag", "a"), Header.text("tag", "b"));
        publish("orders", "k2", "second", Header.text("region", "us"));
        publish("orders", "k3", "third", Header.text("region", "eu"));

        await().untilAsserted(() -> assertThat(read("orders-eu")).hasSize(2));
        Record first = read("orders-eu").get(0);
        assertThat(first.key()).asString(UTF_8).isEqualTo("k1");
        assertThat(first.value()).asString(UTF_8).isEqualTo("first");
        assertThat(first.headers().asList())
                .extracting(header -> header.key() + "=" + header.text())
                .containsExactlyInAnyOrder("region=eu", "tag=a", "tag=b", "checked-by=eu-orders");
        assertThat(read("orders-eu").get(1).value()).asString(UTF_8).isEqualTo("third");
    }

    @Test
    void redeliversARecordOnWhichTheRouteFailed() throws Exception {
        write("retry.yaml", """
                - route:
                    id: third-time
                    from:
                      uri: polylog:jobs
                      parameters: { group: workers, startAt: earliest, redeliveryDelayMs: 5 }
                      steps:
                        - choice:
                            when:
                              - simple: "${header.CamelPolylogFailures} < 2"
                                steps:
                                  - throwException: { exceptionType: java.lang.IllegalStateException, message: not yet }
                        - to: polylog:done
                """);
        start();
        publish("jobs", "k", "work");

        await().untilAsserted(() -> assertThat(read("done")).hasSize(1));
        assertThat(messages()).filteredOn(line -> line.contains("route failed")).hasSize(2);
        assertThat(logged.list).allMatch(event -> event.getThrowableProxy() == null);
    }

    @Test
    void aHandledFailureCountsAsDone() throws Exception {
        write("handled.yaml", """
                - onException:
                    exception: [ java.lang.IllegalStateException ]
                    handled: { constant: { expression: "true" } }
                    steps:
                      - to: polylog:broken
                - route:
                    from:
                      uri: polylog:jobs?group=workers&startAt=earliest&redeliveryDelayMs=5
                      steps:
                        - filter:
                            simple: "${bodyAs(String)} == 'bad'"
                            steps:
                              - throwException: { exceptionType: java.lang.IllegalStateException, message: bad one }
                        - to: polylog:done
                """);
        start();
        publish("jobs", "k", "bad");
        publish("jobs", "k", "good");

        await().untilAsserted(() -> assertThat(read("done")).hasSize(1));
        await().untilAsserted(() -> assertThat(read("broken")).hasSize(1));
        assertThat(messages()).noneMatch(line -> line.contains("route failed"));
    }

    @Test
    void writesToTheChosenPartitionAndOnlyWhatARecordCanHold() throws Exception {
        write("tick.yaml", """
                - route:
                    from:
                      uri: timer:once?repeatCount=1&delay=0
                      steps:
                        - setHeader: { name: CamelPolylogKey, constant: device-1 }
                        - setHeader: { name: CamelPolylogTargetPartition, constant: 0 }
                        - setHeader: { name: count, simple: { expression: "41", resultType: int } }
                        - setBody: { constant: "größer" }
                        - to: direct:out
                - route:
                    from:
                      uri: direct:out
                      steps:
                        - log: "sent"
                        - to: polylog:ticks
                """);
        start();
        await().untilAsserted(() -> assertThat(read("ticks")).hasSize(1));
        Record tick = read("ticks").get(0);
        assertThat(tick.key()).asString(UTF_8).isEqualTo("device-1");
        assertThat(tick.value()).asString(UTF_8).isEqualTo("größer");
        assertThat(tick.headers().asList())
                .extracting(header -> header.key() + "=" + header.text())
                .containsExactly("count=41");
    }

    @Test
    void reportsBadFilesAndRunsTheOthers() throws Exception {
        write("a-syntax.yaml", "- route:\n    from: [\n");
        write("b-step.yaml", "- route:\n    from:\n      uri: direct:b\n      steps:\n        - fly: away\n");
        write("c-component.yaml", route("c1", "direct:c", "polylog:c") + route("c2", "direct:d", "ftp:far.example"));
        write("d-group.yaml", route("d", "polylog:d", "polylog:e"));
        write("e-option.yaml", route("e", "polylog:e?group=g&flavour=sweet", "polylog:e"));
        write("f-topic.yaml", route("f", "polylog:not$allowed?group=g", "polylog:e"));
        write("g-range.yaml", route("g", "polylog:e?group=g&maxInFlight=0", "polylog:e"));
        write("h-empty.yaml", "");
        write("z-good.yaml", route("good", "polylog:in?group=g&startAt=earliest", "polylog:out"));
        start();
        publish("in", "k", "v");

        await().untilAsserted(() -> assertThat(read("out")).hasSize(1));
        assertThat(messages())
                .filteredOn(line -> line.contains("cannot be used"))
                .satisfiesExactly(
                        line -> assertThat(line).contains("a-syntax.yaml"),
                        line -> assertThat(line).contains("b-step.yaml", "fly"),
                        line -> assertThat(line).contains("c-component.yaml", "ftp"),
                        line -> assertThat(line).contains("d-group.yaml", "needs a group"),
                        line -> assertThat(line).contains("e-option.yaml", "flavour"),
                        line -> assertThat(line).contains("f-topic.yaml", "topic name"),
                        line -> assertThat(line).contains("g-range.yaml", "maxInFlight"),
                        line -> assertThat(line).contains("h-empty.yaml", "empty"));
        assertThat(messages()).contains("routes started routes=1");
    }

    @Test
    void followsATopicThatIsDeletedAndCreatedAgain() throws Exception {
        write("copy.yaml", route("copy", "polylog:in?group=g&startAt=earliest", "polylog:out"));
        start();
        publish("in", "k", "before");
        await().untilAsserted(() -> assertThat(read("out")).hasSize(1));
        gateway.context().topics().delete("in").toCompletableFuture().get();
        await().untilAsserted(() -> assertThat(messages()).anyMatch(line -> line.contains("route has lost its input")));
        publish("in", "k", "after");
        await().untilAsserted(() -> assertThat(read("out")).hasSize(2));
    }

    @Test
    void deliversAgainAfterAStopWhatWasNotDone() throws Exception {
        write("r.yaml", """
                - route:
                    id: failing
                    from:
                      uri: polylog:in?group=g&startAt=earliest&redeliveryDelayMs=60000
                      steps:
                        - throwException: { exceptionType: java.lang.IllegalStateException, message: no }
                """);
        start();
        publish("in", "k", "work");
        await().untilAsserted(() -> assertThat(messages()).anyMatch(line -> line.contains("route failed")));
        routes.close();

        write("r.yaml", route("r", "polylog:in?group=g", "polylog:out"));
        start();
        await().untilAsserted(() -> assertThat(read("out")).hasSize(1));
    }

    @Test
    void loadsNoCamelClassWithoutARouteFile() throws Exception {
        write("readme.txt", "no route");
        URL[] withoutCamel = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("camel-"))
                .map(entry -> url(Path.of(entry)))
                .toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(withoutCamel, ClassLoader.getPlatformClassLoader())) {
            Class<?> isolated = loader.loadClass(Routes.class.getName());
            Class<?> gatewayClass = loader.loadClass(TestGateway.class.getName());
            Class<?> doors = Array.newInstance(loader.loadClass(ProtocolAdapterFactory.class.getName()), 0)
                    .getClass();
            try (AutoCloseable log = (AutoCloseable) gatewayClass
                    .getMethod("start", Path.class, doors)
                    .invoke(null, directory.resolve("data"), Array.newInstance(doors.getComponentType(), 0))) {
                Object context = gatewayClass.getMethod("context").invoke(log);
                Method start =
                        isolated.getMethod("start", Path.class, loader.loadClass(AdapterContext.class.getName()));
                ((AutoCloseable) start.invoke(null, directory, context)).close();
            }
            assertThatThrownBy(() -> loader.loadClass("org.apache.camel.CamelContext"))
                    .isInstanceOf(ClassNotFoundException.class);
        }
    }

    @Test
    void makesNothingOfCamelUntilTheFirstFileAppears() throws Exception {
        Routes started = Routes.start(directory, gateway.context(), 20);
        routes = started;
        assertThat(started.engine()).isNull();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("Camel (polylog)"));
        write("first.yaml", route("first", "polylog:in?group=g&startAt=earliest", "polylog:out"));
        publish("in", "k", "v");
        await().untilAsserted(() -> assertThat(read("out")).hasSize(1));
        assertThat(started.engine()).isNotNull();
    }

    @Test
    void readsNoDirectoryBelow() throws Exception {
        Files.createDirectory(directory.resolve("examples"));
        write("examples/copy.yaml", route("copy", "polylog:in?group=g", "polylog:out"));
        Files.createDirectory(directory.resolve("odd.yaml"));
        Routes started = Routes.start(directory, gateway.context());
        routes = started;
        assertThat(started.engine()).isNull();
        assertThat(RouteLint.files(directory)).isEmpty();
    }

    @Test
    void delayOfAnOutputHoldsBackAndNeverComesEarly() throws Exception {
        write("r.yaml", route("r", "polylog:in?group=g&startAt=earliest", "polylog:out?delay=1s"));
        start();
        long before = gateway.context().epochClock().timeMs();
        publish("in", "k", "v");
        await().untilAsserted(() -> assertThat(read("out")).hasSize(1));
        long after = gateway.context().epochClock().timeMs();
        Record fired = read("out").get(0);
        long due =
                Long.parseLong(fired.headers().lastText("polylog-scheduled-at").orElseThrow());
        assertThat(due).isBetween(before + 1_000, after);
        assertThat(fired.timestampMs()).isEqualTo(due);
    }

    @Test
    void destroysABeanWhoseFileIsGone() throws Exception {
        Destroyed.COUNT.set(0);
        write("bean.yaml", """
                - beans:
                    - name: pump
                      type: io.polylog.camel.RoutesTest$Destroyed
                      destroyMethod: destroy
                - route:
                    id: r
                    from:
                      uri: direct:in
                      steps:
                        - log: hello
                """);
        routes = Routes.start(directory, gateway.context(), 20);
        int checked = Destroyed.COUNT.get(); // what only checked the file is gone already
        Files.delete(directory.resolve("bean.yaml"));
        await().untilAsserted(() -> assertThat(Destroyed.COUNT).hasValue(checked + 1));
    }

    /** A bean that has something to give back. */
    public static final class Destroyed {
        private static final AtomicInteger COUNT = new AtomicInteger();

        public void destroy() {
            COUNT.incrementAndGet();
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private void start() {
        routes = Routes.start(directory, gateway.context());
    }

    private void write(String file, String yaml) throws IOException {
        Files.writeString(directory.resolve(file), yaml);
    }

    private static String route(String id, String from, String to) {
        return "- route:\n    id: " + id + "\n    from:\n      uri: " + from + "\n      steps:\n        - to: \"" + to
                + "\"\n";
    }

    private void publish(String topic, String key, String value, Header... headers) throws Exception {
        AdapterContext log = gateway.context();
        log.publisher()
                .publish(
                        log.topics().ensure(topic).toCompletableFuture().get(),
                        new Record(key.getBytes(UTF_8), value.getBytes(UTF_8), 1, Headers.of(headers)))
                .toCompletableFuture()
                .get();
    }

    /** What the only partition of a topic holds; nothing if there is no such topic. */
    private List<Record> read(String name) throws Exception {
        Optional<Topic> topic = gateway.context().topics().find(name);
        List<Record> records = new ArrayList<>();
        if (topic.isPresent()) {
            try (LogRead read = gateway.context()
                    .fetcher()
                    .read(topic.get().partition(0), 0, 1 << 20, true)
                    .toCompletableFuture()
                    .get()) {
                ByteBuffer bytes = read.slice().toBuffer();
                while (bytes.hasRemaining()) {
                    int size = RecordBatch.sizeAt(bytes, bytes.position());
                    new RecordBatch(bytes.slice(bytes.position(), size))
                            .decode()
                            .forEach(stored -> records.add(stored.record()));
                    bytes.position(bytes.position() + size);
                }
            }
        }
        return records;
    }

    private List<String> messages() {
        return List.copyOf(logged.list).stream()
                .map(event -> event.getFormattedMessage() + " "
                        + (event.getKeyValuePairs() == null
                                ? ""
                                : event.getKeyValuePairs().stream()
                                        .map(pair -> pair.key + "=" + pair.value)
                                        .collect(java.util.stream.Collectors.joining(" "))))
                .toList();
    }
}
