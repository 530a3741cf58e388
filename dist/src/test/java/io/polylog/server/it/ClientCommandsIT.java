package io.polylog.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.polylog.server.Main;
import io.polylog.testkit.FreePorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code polylog topic}, {@code group}, {@code produce} and {@code consume}, with the launcher and a gateway that runs. */
final class ClientCommandsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int TERMINATED = 128 + 15;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    private static Path directory;

    private static StartedGateway gateway;

    @BeforeAll
    static void start() {
        gateway = StartedGateway.start(directory, Map.of());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void topicsAreMadeChangedShownAndDeleted() {
        assertThat(lines("topic", "create", "t", "--partitions", "2", "--setting", "polylog.retention=queue"))
                .containsExactly("created t with 2 partitions");
        assertThat(lines("topic", "list"))
                .anyMatch(line -> line.matches("TOPIC +PARTITIONS"))
                .anyMatch(line -> line.matches("t +2"));
        JsonNode described = json("topic", "describe", "t").get(0);
        assertThat(described.path("settings")).hasToString("{\"polylog.retention\":\"queue\"}");
        assertThat(described.path("partitions").get(1)).hasToString("{\"partition\":1,\"earliest\":0,\"end\":0}");

        assertThat(json("topic", "set", "t", "--setting", "polylog.retention=", "--partitions", "3"))
                .hasToString("[{\"topic\":\"t\",\"partitions\":3,\"settings\":{\"polylog.retention\":\"\"}}]");
        assertThat(lines("topic", "describe", "t"))
                .element(0)
                .asString()
                .isEqualTo("topic t, id " + described.path("id").asText());
        assertThat(lines("topic", "describe", "t").subList(1, 5))
                .containsExactly(
                        "PARTITION  EARLIEST  END",
                        "        0         0    0",
                        "        1         0    0",
                        "        2         0    0");

        assertThat(lines("topic", "delete", "t")).containsExactly("deleted t");
        assertThat(json("topic", "list").get(0).findValuesAsText("topic")).doesNotContain("t");
    }

    @Test
    void recordsGoInAndComeOut() throws IOException {
        run("topic", "create", "records").succeeds();
        assertThat(lines("produce", "records", "--key", "k", "--header", "h=1", "--header", "h=2", "grün"))
                .containsExactly("records partition 0 offset 0");
        Path input = Files.writeString(directory.resolve("lines"), "a\nb\n\nc");
        List<JsonNode> placed = run(input, "produce", "records", "-o", "json").json();
        assertThat(placed).extracting(place -> place.path("offset").asInt()).containsExactly(1, 2, 3, 4);
        assertThat(placed.get(0).path("timestamp").asLong()).isPositive();
        assertThat(json("produce", "records", "--delay", "15m", "later"))
                .hasToString("[{\"topic\":\"records\",\"partition\":0,\"scheduled\":true}]");

        assertThat(lines("consume", "records", "--timeout", "0")).containsExactly("grün", "a", "b", "", "c");
        JsonNode first = json("consume", "records", "-n", "1").get(0);
        assertThat(first.path("key").asText()).isEqualTo("k");
        assertThat(first.path("value").asText()).isEqualTo("grün");
        assertThat(first.path("headers"))
                .hasToString("[{\"name\":\"h\",\"value\":\"1\"},{\"name\":\"h\",\"value\":\"2\"}]");
        assertThat(lines("consume", "records", "--from", "4", "--partition", "0", "-n", "1"))
                .containsExactly("c");
        assertThat(lines("consume", "records", "--from", "latest", "--timeout", "0"))
                .isEmpty();
        assertThat(lines("consume", "records", "--from", "1970-01-01T00:00:00Z", "-n", "1"))
                .containsExactly("grün");
        Finished few = run("consume", "records", "-n", "9", "--timeout", "0");
        assertThat(few.lines()).hasSize(5);
        few.failsWith("only 5 of 9 records came before 0 s of silence");
        run("consume", "records", "--partition", "1").failsWith("topic records has no partition 1; it has 1");
    }

    @Test
    void groupsGoOnWhereTheyWereAndAreShownMovedAndDeleted() throws IOException {
        run("topic", "create", "work").succeeds();
        run(numbers(10), "produce", "work").succeeds();

        assertThat(lines("consume", "work", "--group", "g", "-n", "3")).containsExactly("0", "1", "2");
        assertThat(lines("consume", "work", "--group", "g", "-n", "1")).containsExactly("3");
        assertThat(lines("group", "list")).anyMatch(line -> line.matches("g +classic +empty"));
        assertThat(lines("group", "describe", "g"))
                .containsExactly(
                        "group g, empty",
                        "no members",
                        "TOPIC  PARTITION  COMMITTED  END  LAG  MEMBER",
                        "work           0          4   10    6  -");
        assertThat(json("group", "reset", "g", "--topic", "work", "--to", "8"))
                .hasToString("[[{\"topic\":\"work\",\"partition\":0,\"committed\":8}]]");
        assertThat(lines("consume", "work", "--group", "g", "--timeout", "1")).containsExactly("8", "9");
        assertThat(json("group", "describe", "g")
                        .get(0)
                        .path("partitions")
                        .get(0)
                        .path("lag")
                        .asInt())
                .isZero();
        assertThat(lines("group", "delete", "g")).containsExactly("deleted g");
        assertThat(json("group", "list").get(0).findValuesAsText("group")).doesNotContain("g");
        run("group", "describe", "g").failsWith("there is no group g");
    }

    @Test
    void consumerThatIsStoppedHasCommittedWhatItWrote() throws IOException {
        run("topic", "create", "endless").succeeds();
        run(numbers(5), "produce", "endless").succeeds();
        try (StartedGateway consumer = launched("consume", "endless", "--group", "stopped")) {
            Awaitility.await().atMost(PATIENCE).until(() -> committed("stopped").equals("5"));
            JsonNode member =
                    json("group", "describe", "stopped").get(0).path("members").get(0);
            assertThat(member.path("partitions")).hasToString("[\"endless-0\"]");
            run("group", "reset", "stopped", "--topic", "endless", "--to", "0").fails();
            run("group", "delete", "stopped").fails();
            consumer.terminate();

            assertThat(consumer.exitCode()).isEqualTo(TERMINATED);
            assertThat(consumer.out().lines()).containsExactly("0", "1", "2", "3", "4");
            assertThat(consumer.err()).isEmpty();
        }
        JsonNode after = json("group", "describe", "stopped").get(0);
        assertThat(after.path("members")).isEmpty();
        assertThat(committed("stopped")).isEqualTo("5");
    }

    private static String committed(String group) {
        return json("group", "list").get(0).findValuesAsText("group").contains(group)
                ? json("group", "describe", group)
                        .get(0)
                        .path("partitions")
                        .path(0)
                        .path("committed")
                        .asText()
                : "";
    }

    /** A consumer whose reader goes away would otherwise wait for more: it has no time-out here. */
    @Test
    void readerThatHasSeenEnoughEndsTheConsumer() throws Exception {
        run("topic", "create", "long").succeeds();
        run(numbers(100_000), "produce", "long").succeeds();
        String command = "{ \"$0\" consume long --bootstrap \"$1\"; echo \"exit code $?\" >&2; } | head -n 2";
        Path out = directory.resolve("head.out");
        Path err = directory.resolve("head.err");
        Process shell = new ProcessBuilder(
                        "sh",
                        "-c",
                        command,
                        StartedGateway.home().resolve("bin/polylog").toString(),
                        gateway.endpoint("kafka").toString())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();

        assertThat(shell.waitFor()).isZero();
        assertThat(out).hasContent("0\n1\n");
        assertThat(err).hasContent("exit code 0\n");
    }

    @Test
    void whatIsNotThereIsOneSentence() {
        run("topic", "describe", "nothing").failsWith("there is no topic nothing");
        run("topic", "delete", "nothing").failsWith("there is no topic nothing");
        run("consume", "nothing").failsWith("there is no topic nothing");
        run("group", "describe", "nothing").failsWith("there is no group nothing");
        run("group", "reset", "g", "--topic", "nothing", "--to", "latest").failsWith("there is no topic nothing");
    }

    @Test
    void whatIsRefusedIsOneSentence() {
        run("topic", "create", "bad name").failsWith("bad name: a topic name has 1 to 249 characters");
        run("topic", "create", "s", "--setting", "nonsense=1").failsWith("Unknown topic config name: nonsense");
        run("topic", "create", "p", "--partitions", "0").failsWith("p: ");
        run("produce", "bad name", "x").failsWith("bad name: Invalid topics: [bad name]");
        run("produce", "d", "--delay", "soon", "x").failsWith("write milliseconds, or a time like 15m");
    }

    @Test
    void gatewayThatIsNotThereIsOneSentence() {
        String free = "127.0.0.1:" + FreePorts.next();
        Finished absent = Finished.of(StartedGateway.run(directory, Map.of(), "topic", "list", "--bootstrap", free));
        absent.failsWith("no gateway answers at " + free + "; start one with \"polylog start\"");
        String http = gateway.endpoint("http").toString();
        at(http, "consume", "t").failsWith("what answers at " + http + " is no Kafka door of a gateway");
    }

    @Test
    void gatewayIsFoundByItsConfiguration() throws IOException {
        Path file = Files.writeString(
                directory.resolve("found.yaml"),
                "kafka.port: " + gateway.endpoint("kafka").port() + "\n");
        StartedGateway listed =
                StartedGateway.run(directory, Map.of(), "topic", "list", "-c", file.toString(), "-o", "json");
        assertThat(listed.exitCode()).as(listed::err).isZero();
        assertThat(listed.out()).startsWith("[").endsWith("]\n");
    }

    private static Path numbers(int count) throws IOException {
        return Files.writeString(
                directory.resolve("numbers-" + count),
                IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.joining("\n")));
    }

    /** What a command said and how it ended. */
    private record Finished(int exitCode, String out, String err) {
        static Finished of(StartedGateway command) {
            return new Finished(command.exitCode(), command.out(), command.err());
        }

        List<String> lines() {
            return out.lines().toList();
        }

        List<JsonNode> json() {
            return lines().stream().map(Finished::parse).toList();
        }

        private static JsonNode parse(String line) {
            try {
                return JSON.readTree(line);
            } catch (IOException notJson) {
                throw new UncheckedIOException(line, notJson);
            }
        }

        Finished succeeds() {
            assertThat(err).isEmpty();
            assertThat(exitCode).isZero();
            return this;
        }

        void fails() {
            assertThat(exitCode).isEqualTo(1);
            assertThat(err.lines()).singleElement().asString().startsWith("polylog: ");
        }

        void failsWith(String sentence) {
            fails();
            assertThat(err).contains(sentence);
        }
    }

    private static List<String> lines(String... arguments) {
        return run(arguments).succeeds().lines();
    }

    private static List<JsonNode> json(String... arguments) {
        return run(concat(List.of(arguments), "-o", "json")).succeeds().json();
    }

    private static Finished run(String... arguments) {
        return at(gateway.endpoint("kafka").toString(), arguments);
    }

    /** In this process: what the launcher adds is the same for all of them. */
    private static Finished at(String bootstrap, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode =
                Main.run(out, new PrintStream(err, true, UTF_8), concat(List.of(arguments), "--bootstrap", bootstrap));
        return new Finished(exitCode, out.toString(UTF_8), err.toString(UTF_8));
    }

    private static StartedGateway launched(String... arguments) {
        String bootstrap = gateway.endpoint("kafka").toString();
        return StartedGateway.run(directory, Map.of(), concat(List.of(arguments), "--bootstrap", bootstrap));
    }

    private static Finished run(Path input, String... arguments) {
        String bootstrap = gateway.endpoint("kafka").toString();
        return Finished.of(
                StartedGateway.run(directory, Map.of(), input, concat(List.of(arguments), "--bootstrap", bootstrap)));
    }

    private static String[] concat(List<String> arguments, String... more) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
