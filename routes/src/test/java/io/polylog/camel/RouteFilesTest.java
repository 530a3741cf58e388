package io.polylog.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which files of the directory become routes, and what that costs. */
@Timeout(60)
class RouteFilesTest {

    @TempDir
    private Path directory;

    private RoutedGateway gateway;

    @BeforeEach
    void open() throws IOException {
        gateway = new RoutedGateway(directory);
    }

    @AfterEach
    void close() throws Exception {
        gateway.close();
    }

    @Test
    void reportsBadFilesAndRunsTheOthers() throws Exception {
        gateway.write("a-syntax.yaml", "- route:\n    from: [\n");
        gateway.write("b-step.yaml", "- route:\n    from:\n      uri: direct:b\n      steps:\n        - fly: away\n");
        gateway.write(
                "c-component.yaml",
                RoutedGateway.route("c1", "direct:c", "polylog:c")
                        + RoutedGateway.route("c2", "direct:d", "ftp:far.example"));
        gateway.write("d-group.yaml", RoutedGateway.route("d", "polylog:d", "polylog:e"));
        gateway.write("e-option.yaml", RoutedGateway.route("e", "polylog:e?group=g&flavour=sweet", "polylog:e"));
        gateway.write("f-topic.yaml", RoutedGateway.route("f", "polylog:not$allowed?group=g", "polylog:e"));
        gateway.write("g-range.yaml", RoutedGateway.route("g", "polylog:e?group=g&maxInFlight=0", "polylog:e"));
        gateway.write("h-empty.yaml", "");
        gateway.write("z-good.yaml", RoutedGateway.route("good", "polylog:in?group=g&startAt=earliest", "polylog:out"));
        gateway.start();
        gateway.publish("in", "k", "v");

        await().untilAsserted(() -> assertThat(gateway.read("out")).hasSize(1));
        assertThat(gateway.messages())
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
        assertThat(gateway.messages()).contains("routes started routes=1");
    }

    @Test
    void loadsNoCamelClassWithoutARouteFile() throws Exception {
        gateway.write("readme.txt", "no route");
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
                    .invoke(null, directory.resolve("other"), Array.newInstance(doors.getComponentType(), 0))) {
                Object context = gatewayClass.getMethod("context").invoke(log);
                Method start =
                        isolated.getMethod("start", Path.class, loader.loadClass(AdapterContext.class.getName()));
                ((AutoCloseable) start.invoke(null, gateway.files(), context)).close();
            }
            assertThatThrownBy(() -> loader.loadClass("org.apache.camel.CamelContext"))
                    .isInstanceOf(ClassNotFoundException.class);
        }
    }

    @Test
    void makesNothingOfCamelUntilTheFirstFileAppears() throws Exception {
        Routes started = gateway.start();
        assertThat(started.engine()).isNull();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("Camel (polylog)"));
        gateway.write("first.yaml", RoutedGateway.route("first", "polylog:in?group=g&startAt=earliest", "polylog:out"));
        gateway.publish("in", "k", "v");
        await().untilAsserted(() -> assertThat(gateway.read("out")).hasSize(1));
        assertThat(started.engine()).isNotNull();
    }

    @Test
    void readsNoDirectoryBelow() throws Exception {
        Files.createDirectory(gateway.files().resolve("examples"));
        gateway.write("examples/copy.yaml", RoutedGateway.route("copy", "polylog:in?group=g", "polylog:out"));
        Files.createDirectory(gateway.files().resolve("odd.yaml"));
        Routes started = gateway.start();
        assertThat(started.engine()).isNull();
        assertThat(RouteLint.files(gateway.files())).isEmpty();
    }

    @Test
    void destroysABeanWhoseFileIsGone() throws Exception {
        Destroyed.COUNT.set(0);
        gateway.write("bean.yaml", """
                - beans:
                    - name: pump
                      type: io.polylog.camel.RouteFilesTest$Destroyed
                      destroyMethod: destroy
                - route:
                    id: r
                    from:
                      uri: direct:in
                      steps:
                        - log: hello
                """);
        gateway.start();
        int checked = Destroyed.COUNT.get(); // what only checked the file is gone already
        Files.delete(gateway.files().resolve("bean.yaml"));
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
}
