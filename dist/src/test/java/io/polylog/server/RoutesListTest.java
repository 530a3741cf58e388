package io.polylog.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.polylog.camel.Routes;
import io.polylog.http.HttpAdapterFactory;
import io.polylog.testkit.TestGateway;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code polylog routes list} and what it asks, against a gateway that runs. */
@Timeout(60)
class RoutesListTest {

    private static final int LOOK_INTERVAL_MS = 20;

    @TempDir
    private Path directory;

    private Path files;
    private TestGateway gateway;
    private URI door;
    private AutoCloseable routes = () -> {};

    @BeforeEach
    void open() throws IOException {
        files = Files.createDirectory(directory.resolve("routes"));
        gateway = TestGateway.start(directory.resolve("data"), new HttpAdapterFactory());
        door = URI.create("http://127.0.0.1:" + gateway.port("http"));
    }

    @AfterEach
    void close() throws Exception {
        routes.close();
        gateway.close();
    }

    @Test
    void showsRoutesAndRefusals() throws Exception {
        write("good.yaml", """
                - route:
                    id: ticks
                    from:
                      uri: timer:once?repeatCount=1&delay=0
                      steps:
                        - setBody: { constant: tick }
                        - to: polylog:ticks
                - route:
                    id: failing
                    from:
                      uri: timer:once?repeatCount=1&delay=0
                      steps:
                        - throwException: { exceptionType: java.lang.IllegalStateException, message: broken pump }
                """);
        write("wrong.yaml", "- route:\n    from:\n      uri: timer:x\n      steps:\n        - fly: away\n");
        start();
        await().untilAsserted(() -> assertThat(list())
                .anySatisfy(
                        line -> assertThat(line).containsPattern("^good.yaml +ticks +running +timer:once +1 +0 +0$"))
                .anySatisfy(
                        line -> assertThat(line).containsPattern("^good.yaml +failing +running +timer:once +1 +1 +0$"))
                .anySatisfy(line -> assertThat(line).containsPattern("^wrong.yaml +refused$"))
                .anySatisfy(line -> assertThat(line).isEqualTo("    broken pump"))
                .anySatisfy(line -> assertThat(line).startsWith("    wrong.yaml:5: there is no step 'fly'")));
        assertThat(list().get(0)).matches("FILE +ROUTE +STATE +FROM +TOTAL +FAILED +IN FLIGHT");
    }

    @Test
    void answersInJsonWithOneObjectForEachRow() throws Exception {
        write(
                "one.yaml",
                "- route:\n    id: one\n    from:\n      uri: direct:one\n      steps:\n        - log: hello\n");
        start();
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(door.resolve("/routes")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        JsonNode rows = JsonMapper.builder().build().readTree(response.body());
        assertThat(rows.size()).isEqualTo(1);
        assertThat(rows.get(0).fieldNames())
                .toIterable()
                .containsExactly(
                        "file", "route", "state", "from", "total", "failed", "inFlight", "lastFailure", "reason");
        assertThat(rows.get(0).get("route").asText()).isEqualTo("one");
    }

    @Test
    void saysThatThereAreNone() throws Exception {
        start();
        assertThat(list()).containsExactly("no routes");
    }

    /** What a new version cannot do is found out when it starts; the old one is then back with nothing lost. */
    @Test
    void routeIsPutBackWhenItsNewVersionDoesNotStart() throws Exception {
        write("a.yaml", route("direct:a"));
        start();
        assertThat(row()).containsEntry("state", "running");
        write("a.yaml", route("polylog:not$allowed?group=g"));
        await().untilAsserted(() -> assertThat(rows())
                .anySatisfy(row -> assertThat(row.get("reason")).startsWith("a.yaml:2: the route 'a' did not start:")));
        assertThat(row()).containsEntry("state", "running").containsEntry("from", "direct:a");
        write("a.yaml", route("direct:b"));
        await().untilAsserted(() -> assertThat(rows()).hasSize(1));
        assertThat(row()).containsEntry("state", "running").containsEntry("from", "direct:b");
    }

    /** Unlike a far side, it will not come back by itself. */
    @Test
    void routeOverADirectoryThatIsNotThereIsRefused() throws Exception {
        Path missing = directory.resolve("missing");
        write("a.yaml", route("file:" + missing + "?autoCreate=false&startingDirectoryMustExist=true"));
        start();
        assertThat(rows())
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("state", "refused")
                        .hasEntrySatisfying(
                                "reason", reason -> assertThat(reason).contains("did not start", "missing")));
    }

    @Test
    void firstFileMayComeLater() throws Exception {
        start();
        assertThat(rows()).isEmpty();
        write("late.yaml", route("direct:late"));
        await().untilAsserted(() -> assertThat(rows()).hasSize(1));
        assertThat(row()).containsEntry("file", "late.yaml").containsEntry("state", "running");
        Files.delete(files.resolve("late.yaml"));
        await().untilAsserted(() -> assertThat(list()).containsExactly("no routes"));
    }

    private static String route(String from) {
        return "- route:\n    id: a\n    from:\n      uri: " + from + "\n      steps:\n        - log: hello\n";
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(files.resolve(name), text);
    }

    private void start() {
        routes = Routes.start(files, gateway.context(), LOOK_INTERVAL_MS);
    }

    /** As the command prints it. */
    private List<String> list() throws IOException {
        return RouteReport.of(rows()).lines().toList();
    }

    private List<Map<String, String>> rows() throws IOException {
        return new GatewayClient(door).report("routes");
    }

    private Map<String, String> row() throws IOException {
        return rows().get(0);
    }
}
