package io.polylog.server.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.polylog.camel.Routes;
import io.polylog.kafka.KafkaAdapterFactory;
import io.polylog.testkit.FreePorts;
import io.polylog.testkit.TestGateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Edits that go wrong while routes carry the traffic of a Kafka client: whatever one file says, the routes of the other
 * go on, the fault is reported with file, line and remedy, and the corrected file loads.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WrongEditsTest {

    private static final int RECORDS_PER_PHASE = 10;
    private static final int LOOK_INTERVAL_MS = 20;

    private static final String STEADY = """
            - route:
                id: steady
                from:
                  uri: polylog:in
                  parameters: { group: steady, startAt: earliest, maxInFlight: 1 }
                  steps:
                    - to: polylog:out
            """;

    /** What is right; each edit makes one thing of it wrong. */
    private static final String EDITED = """
            - route:
                id: edited
                from:
                  uri: polylog:edited-in
                  parameters:
                    group: edited
                    startAt: earliest
                  steps:
                    - filter:
                        simple: "${body} != 'nothing'"
                        steps:
                          - setHeader: { name: version, constant: "VERSION" }
                          - to: polylog:edited-out
            - route:
                id: neighbour
                from:
                  uri: polylog:neighbour-in?group=neighbour&startAt=earliest
                  steps:
                    - to: polylog:neighbour-out
            """;

    private Path files;
    private TestGateway gateway;
    private Routes routes;
    private KafkaTopics kafka;
    private RouteRows rows;
    private int version;
    private int sent;

    /** Waits at the pace at which files are looked at. */
    private static ConditionFactory await() {
        return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(LOOK_INTERVAL_MS));
    }

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        files = Files.createDirectory(directory.resolve("routes"));
        Files.writeString(files.resolve("a.yaml"), STEADY);
        Files.writeString(files.resolve("b.yaml"), EDITED.replace("VERSION", "0"));
        gateway = TestGateway.start(directory.resolve("data"), new KafkaAdapterFactory());
        kafka = new KafkaTopics(gateway.port("kafka"));
        routes = Routes.start(files, gateway.context(), LOOK_INTERVAL_MS);
        rows = new RouteRows(gateway.context());
    }

    @AfterAll
    void close() throws Exception {
        kafka.close();
        routes.close();
        gateway.close();
    }

    static Stream<Arguments> edits() {
        return Stream.of(
                edit("typo in a step", "- filter:", "- fliter:", 9, "no step 'fliter'", "write filter"),
                edit(
                        "unknown option",
                        "startAt: earliest\n      steps",
                        "startFrom: x\n      steps",
                        7,
                        "startFrom",
                        "it is one of"),
                edit("misspelt option", "        group: edited", "        gruop: edited", 6, "'gruop'", "write group"),
                edit(
                        "unknown component",
                        "- to: polylog:edited-out",
                        "- to: polylgo:out",
                        13,
                        "'polylgo'",
                        "write polylog"),
                edit("id of a route of the same file", "id: neighbour", "id: edited", 15, "line 2", "id of its own"),
                edit("id of a route of another file", "id: neighbour", "id: steady", 15, "a.yaml", "choose another"),
                edit("bad predicate", "${body} != 'nothing'", "${body} !== 'nothing'", 10, "simple", "${header"),
                edit("open brace", "${body} != 'nothing'", "${body != 'nothing'", 10, "simple", "closed by }"),
                edit("unknown function", "${body} != 'nothing'", "${bodi} != 'nothing'", 10, "bodi", "write"),
                edit("tab", "        group: edited", "\t\tgroup: edited", 6, "tab", "spaces"),
                edit("open quote", "constant: \"VERSION\" }", "constant: \"VERSION }", 12, "quote", "end the text"),
                edit("missing group", "        group: edited\n", "", 4, "needs a group", "group="),
                edit(
                        "missing from",
                        "    from:\n      uri: polylog:neighbour-in",
                        "    to:\n      uri: polylog:x",
                        14,
                        "no \'from\'",
                        "from"),
                edit(
                        "steps too far left",
                        "      steps:\n        - filter",
                        "    steps:\n        - filter",
                        8,
                        "steps",
                        "from:"),
                edit(
                        "text for a number",
                        "startAt: earliest\n      steps",
                        "maxInFlight: lots\n      steps",
                        7,
                        "maxInFlight",
                        "another value"),
                edit(
                        "option of a wrong choice",
                        "startAt: earliest\n      steps",
                        "startAt: dawn\n      steps",
                        7,
                        "startAt",
                        "another value"),
                edit(
                        "unknown key of the file",
                        "- route:\n    id: neighbour",
                        "- rout:\n    id: neighbour",
                        14,
                        "'rout'",
                        "write route"),
                edit("wrong indentation", "    id: edited", "  id: edited", 3, "", "indent"),
                edit("key twice", "    id: edited\n", "    id: edited\n    id: other\n", 3, "twice", "remove"),
                edit(
                        "text where a list belongs",
                        "        - to: polylog:neighbour-out",
                        "        to",
                        18,
                        "steps",
                        "write"),
                arguments("empty file", "", 1, List.of("empty", "delete")),
                arguments("too large", EDITED + "#".repeat(1 << 20), 1, List.of("larger", "several")));
    }

    private static Arguments edit(String what, String right, String wrong, int line, String problem, String remedy) {
        assertThat(EDITED).contains(right);
        return arguments(what, EDITED.replace(right, wrong), line, List.of(problem, remedy));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("edits")
    void aWrongEditIsReportedAndStopsNothing(String what, String text, int line, List<String> words) throws Exception {
        wrongEdit(text.getBytes(StandardCharsets.UTF_8), line, words);
    }

    @Test
    void aFileThatIsNotTextIsReportedAndStopsNothing() throws Exception {
        byte[] latin = EDITED.replace("VERSION", "größer").getBytes(StandardCharsets.ISO_8859_1);
        wrongEdit(latin, 12, List.of("UTF-8", "save it"));
    }

    private void wrongEdit(byte[] text, int line, List<String> words) throws Exception {
        if (!rows.refusals().isEmpty()) {
            load(EDITED.replace("VERSION", Integer.toString(++version))); // what another test has left
        }
        long neighbours = rows.number("neighbour", "total");
        traffic();
        Files.write(files.resolve("b.yaml"), text);
        traffic();
        await().until(() -> !rows.refusals().isEmpty());
        traffic();
        assertThat(rows.refusals())
                .allSatisfy(refusal -> assertThat(refusal).startsWith("b.yaml:").contains("; "))
                .anySatisfy(refusal ->
                        assertThat(refusal).startsWith("b.yaml:" + line + ": ").contains(words));
        assertThat(rows.state("edited")).isEqualTo("running");
        kafka.send("neighbour-in", "k", "during");
        await().untilAsserted(
                        () -> assertThat(rows.number("neighbour", "total")).isEqualTo(neighbours + 1));

        load(EDITED.replace("VERSION", Integer.toString(++version)));
        traffic();
        kafka.send("edited-in", "k", "v" + version);
        await().untilAsserted(() -> assertThat(kafka.read("edited-out"))
                .anyMatch(record ->
                        record.value().equals("v" + version) && header(record).equals("" + version)));
        // A route that had been stopped, even for a moment, would count from 0 again.
        assertThat(rows.number("neighbour", "total")).isEqualTo(neighbours + 1);
        everythingHasArrived();
    }

    @Test
    void aFarSideThatIsDownIsNoFault() throws Exception {
        int nobody = FreePorts.next();
        traffic();
        Files.writeString(files.resolve("c.yaml"), """
                - route:
                    id: from-far
                    from:
                      uri: paho-mqtt5:far?brokerUrl=tcp://127.0.0.1:%1$d
                      steps:
                        - to: polylog:from-far
                - route:
                    id: to-far
                    from:
                      uri: polylog:to-far?group=far&startAt=earliest
                      steps:
                        - to: paho-mqtt5:far?brokerUrl=tcp://127.0.0.1:%1$d
                """.formatted(nobody));
        await().until(() -> rows.state("from-far").equals("waiting"));
        await().until(() -> rows.state("to-far").equals("running"));
        kafka.send("to-far", "k", "kept");
        await().until(() -> !rows.of("to-far").getOrDefault("lastFailure", "").isEmpty());
        traffic();
        assertThat(rows.refusals()).isEmpty();
        Files.delete(files.resolve("c.yaml"));
        await().until(() -> rows.of("to-far").isEmpty());
        everythingHasArrived();
    }

    private void load(String right) throws IOException {
        Files.writeString(files.resolve("b.yaml"), right);
        await().until(() -> rows.refusals().isEmpty());
    }

    private void traffic() throws Exception {
        for (int i = 0; i < RECORDS_PER_PHASE; i++) {
            kafka.send("in", "k", Integer.toString(sent++));
        }
    }

    private void everythingHasArrived() {
        await().untilAsserted(() -> {
            Set<String> arrived = new HashSet<>();
            kafka.read("out").forEach(record -> arrived.add(record.value()));
            assertThat(arrived).hasSize(sent);
        });
        assertThat(kafka.read("out")).hasSize(sent); // so no route gave back what it had in flight
        assertThat(rows.number("steady", "total")).isEqualTo(sent);
    }

    private static String header(ConsumerRecord<String, String> record) {
        return new String(record.headers().lastHeader("version").value(), StandardCharsets.UTF_8);
    }
}
