package io.polylog.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** One line for each event in the life of a gateway, without what its clients say; and that docs/operations.md lists them. */
@Timeout(120)
final class LogLinesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SECRET = "what-a-client-says";

    private static final Pattern INFO = Pattern.compile("atInfo\\(\\)[^;]*?\\.log\\(([^;]*)\\);", Pattern.DOTALL);
    private static final Pattern LITERAL = Pattern.compile("\"([^\"]+)\"");

    @TempDir
    private Path directory;

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    @BeforeEach
    void listen() {
        appender.list = events;
        appender.start();
        root.addAppender(appender);
    }

    @AfterEach
    void hearNoMore() {
        root.detachAppender(appender);
    }

    @Test
    void lifeOfAGatewayIsOneLineAnEvent() throws Exception {
        try (ScrapedNode node = ScrapedNode.start(directory, Map.of())) {
            changeTopics(node);
            joinAndLeave(node, "classic");
            joinAndLeave(node, "consumer");
            takeSessionOver(node.port("mqtt"));
        }

        assertThat(lines())
                .containsSubsequence(
                        "listening {protocol=kafka, tls=false}",
                        "listening {protocol=amqp, tls=false}",
                        "listening {protocol=mqtt, tls=false}",
                        "listening {protocol=http, tls=false}",
                        "ready {durability=FSYNC}",
                        "topic created {topic=t, partitions=1}",
                        "topic grown {topic=t, partitions=2}",
                        "topic deleted {topic=t}",
                        "group rebalanced {group=classic, members=1}",
                        "group member left {group=classic}",
                        "group member assigned {group=consumer, partitions=1}",
                        "group member left {group=consumer}",
                        "connection closed {client=same, reason=SESSION_TAKEN_OVER}",
                        "stopping {}",
                        "stopped {}");
        assertThat(lines()).filteredOn(line -> line.startsWith("ready")).hasSize(1);
        assertThat(events).noneMatch(event -> text(event).contains(SECRET));
        assertThat(events).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN));
    }

    private static void changeTopics(ScrapedNode node) throws Exception {
        try (Admin admin = Admin.create(node.kafka(Map.of()))) {
            admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
            admin.createPartitions(Map.of("t", NewPartitions.increaseTo(2)))
                    .all()
                    .get();
            admin.deleteTopics(List.of("t")).all().get();
            admin.createTopics(List.of(new NewTopic("u", 1, (short) 1))).all().get();
        }
    }

    private static void joinAndLeave(ScrapedNode node, String protocol) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                node.kafka(Map.of("group.id", protocol, "group.protocol", protocol)),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of("u"));
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(50));
                return !consumer.assignment().isEmpty();
            });
        }
    }

    private void takeSessionOver(int port) throws Exception {
        MqttClient first = new MqttClient("tcp://127.0.0.1:" + port, "same", new MemoryPersistence());
        MqttClient second = new MqttClient("tcp://127.0.0.1:" + port, "same", new MemoryPersistence());
        first.connect();
        first.publish("u/k", SECRET.getBytes(UTF_8), 1, false);
        second.connect();
        await().atMost(PATIENCE).until(() -> lines().stream().anyMatch(line -> line.contains("TAKEN_OVER")));
        second.disconnect();
        second.close();
        first.close();
    }

    /** The line with those of its keys that are the same in every run. */
    private List<String> lines() {
        return events.stream()
                .map(event -> event.getMessage() + " {"
                        + (event.getKeyValuePairs() == null
                                ? ""
                                : event.getKeyValuePairs().stream()
                                        .filter(pair -> !Set.of(
                                                        "address",
                                                        "version",
                                                        "data",
                                                        "generation",
                                                        "member",
                                                        "epoch",
                                                        "remote",
                                                        "detail")
                                                .contains(pair.key))
                                        .map(pair -> pair.key + "=" + pair.value)
                                        .collect(Collectors.joining(", ")))
                        + "}")
                .toList();
    }

    private static String text(ILoggingEvent event) {
        return event.getFormattedMessage() + event.getKeyValuePairs();
    }

    @Test
    void documentationListsTheLinesThatThereAre() throws IOException {
        String sources = sources();
        List<String> documented = documented();
        assertThat(documented).as("lines in docs/operations.md").hasSizeGreaterThan(30);
        assertThat(documented).allMatch(line -> sources.contains('"' + line + '"'));
        assertThat(documented).containsAll(informing(sources));
    }

    private static List<String> documented() throws IOException {
        return Files.readAllLines(Path.of("..", "docs", "operations.md")).stream()
                .dropWhile(line -> !line.equals("## Log lines"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("`")[1])
                .toList();
    }

    private static Set<String> informing(String sources) {
        Set<String> lines = new TreeSet<>();
        Matcher info = INFO.matcher(sources);
        while (info.find()) {
            Matcher literal = LITERAL.matcher(info.group(1));
            while (literal.find()) {
                lines.add(literal.group(1));
            }
        }
        return lines;
    }

    private static String sources() throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            for (Path module : modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> found = Files.walk(module)) {
                    found.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
                }
            }
        }
        StringBuilder text = new StringBuilder();
        for (Path file : files) {
            text.append(Files.readString(file));
        }
        return text.toString();
    }
}
