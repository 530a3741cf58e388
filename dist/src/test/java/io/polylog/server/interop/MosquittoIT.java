package io.polylog.server.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.config.Settings;
import io.polylog.metric.Meters;
import io.polylog.mqtt.MqttAdapterFactory;
import io.polylog.net.EventLoops;
import io.polylog.net.Listener;
import io.polylog.node.Environment;
import io.polylog.node.LogNode;
import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.Readiness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The MQTT door as Mosquitto's own tools see it; they must be installed. */
@Timeout(60)
class MosquittoIT {

    private static final long WAIT_SECONDS = 20;

    @TempDir
    Path directory;

    private LogNode node;
    private AdapterContext context;
    private EventLoops loops;
    private Listener listener;

    @BeforeEach
    void open() throws IOException {
        Settings settings = Settings.of(Map.of("data-dir", directory.toString()));
        node = LogNode.open(settings, Environment.system(Meters.none()), (what, cause) -> {
            throw new AssertionError(what, cause);
        });
        context = node.context(new Readiness());
        loops = new EventLoops(1);
        listener = Listener.bind(
                "mqtt",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                100,
                new MqttAdapterFactory().create(context, settings),
                loops,
                Meters.none());
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
        loops.close();
        node.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"31", "311", "5"})
    void publishesWhatAnotherProtocolReads(String version) throws Exception {
        Topic orders = create("orders");
        run("mosquitto_pub", "-V", version, "-t", "orders/eu/42", "-m", "hello", "-q", "1");
        run("mosquitto_pub", "-V", version, "-t", "orders/eu/43", "-m", "hello", "-q", "0");
        run("mosquitto_pub", "-V", version, "-t", "orders/eu/44", "-n", "-q", "1");
        assertThat(context.fetcher().offsets(orders.partition(0)).highWatermark())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"31", "311", "5"})
    void receivesWhatAnotherProtocolWrites(String version) throws Exception {
        Topic orders = create("orders");
        Process subscriber = start("mosquitto_sub", "-V", version, "-t", "orders/+/42", "-v", "-C", "2", "-q", "1");
        untilDone(subscriber, () -> {
            publish(orders, "eu/41", "no", Headers.EMPTY);
            publish(orders, "eu/42", "yes", Headers.EMPTY);
        });
        assertThat(outputOf(subscriber)).containsExactly("orders/eu/42 yes", "orders/eu/42 yes");
    }

    @Test
    void showsPropertiesOfMqtt5() throws Exception {
        Topic orders = create("orders");
        Headers headers = Headers.of(
                Header.text("content-type", "text/plain"),
                Header.text("reply-to", "answers/1"),
                Header.text("correlation-id", "c7"),
                Header.text("region", "eu"));
        Process subscriber = start("mosquitto_sub", "-V", "5", "-t", "orders/#", "-C", "1", "-F", "%t|%p|%C|%R|%D|%P");
        untilDone(subscriber, () -> publish(orders, "k", "v", headers));
        assertThat(outputOf(subscriber)).contains("orders/k|v|text/plain|answers/1|c7|region:eu");
    }

    @Test
    void takesABurst() throws Exception {
        run("mosquitto_pub", "-t", "burst", "-m", "x", "-q", "1", "--repeat", "2000");
        Topic mqtt = context.topics().find("mqtt").orElseThrow();
        assertThat(context.fetcher().offsets(mqtt.partition(0)).highWatermark()).isEqualTo(2000);
    }

    private Topic create(String name) throws Exception {
        return context.topics()
                .create(new TopicSpec(name, 1, Map.of()))
                .toCompletableFuture()
                .get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    private void publish(Topic topic, String key, String value, Headers headers) throws Exception {
        Record record = new Record(
                key.getBytes(UTF_8), value.getBytes(UTF_8), context.epochClock().timeMs(), headers);
        context.publisher().publish(topic, record).toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    private void run(String... command) throws Exception {
        Process process = start(command);
        List<String> output = outputOf(process);
        assertThat(process.exitValue()).as("%s", output).isZero();
    }

    private Process start(String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(
                1,
                List.of(
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(listener.address().getPort())));
        return new ProcessBuilder(all).redirectErrorStream(true).start();
    }

    private interface Write {
        void run() throws Exception;
    }

    /** The tools do not say in time when they are subscribed, so what they are to see is written until they have seen it. */
    private static void untilDone(Process subscriber, Write write) {
        await().atMost(WAIT_SECONDS, TimeUnit.SECONDS).until(() -> {
            write.run();
            return !subscriber.isAlive();
        });
    }

    private static List<String> outputOf(Process process) throws Exception {
        List<String> lines = process.inputReader(UTF_8).lines().toList();
        assertThat(process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        return lines;
    }
}
