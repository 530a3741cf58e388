package io.polylog.mqtt;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.config.Settings;
import io.polylog.metric.Meters;
import io.polylog.net.EventLoops;
import io.polylog.net.Listener;
import io.polylog.node.Environment;
import io.polylog.node.LogNode;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.Readiness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A log with nothing but its MQTT door, on a port of its own. */
final class MqttGateway implements AutoCloseable {

    private static final long WAIT_SECONDS = 20;

    private final Path directory;
    private final Map<String, String> settings;
    private final LogNode node;
    private final EventLoops loops = new EventLoops(2);
    private final Listener listener;
    private final AdapterContext context;

    MqttGateway(Path directory, Map<String, String> settings) throws IOException {
        this.directory = directory;
        this.settings = settings;
        Map<String, String> all = new HashMap<>(settings);
        all.put("data-dir", directory.toString());
        all.putIfAbsent("durability", "os");
        all.putIfAbsent("mqtt.topic-alias-maximum", "32");
        node = LogNode.open(Settings.of(all), Environment.system(Meters.none()), (what, cause) -> {
            throw new AssertionError("the log failed: " + what, cause);
        });
        context = node.context(new Readiness());
        listener = Listener.bind(
                "mqtt",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                10_000,
                new MqttAdapterFactory().create(context, Settings.of(all)),
                loops,
                Meters.none());
    }

    /**
     * A second gateway on what the disk holds of this one at this moment: what a killed process leaves to the next. This one
     * goes on until it is closed.
     */
    MqttGateway afterKill(Path copy) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = copy.resolve(directory.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        return new MqttGateway(copy, settings);
    }

    int port() {
        return listener.address().getPort();
    }

    String uri() {
        return "tcp://127.0.0.1:" + port();
    }

    AdapterContext context() {
        return context;
    }

    Topic createTopic(String name, int partitions) {
        return createTopic(name, partitions, Map.of());
    }

    Topic createTopic(String name, int partitions, Map<String, String> settings) {
        return await(context.topics().create(new TopicSpec(name, partitions, settings)));
    }

    /** Publishes as any other protocol would. */
    void publish(String topic, String key, String value, Headers headers) {
        Topic found = context.topics().find(topic).orElseThrow();
        await(context.publisher()
                .publish(
                        found,
                        new Record(
                                key == null ? null : key.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                                value.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                                context.epochClock().timeMs(),
                                headers)));
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        loops.close();
        node.close();
    }
}
