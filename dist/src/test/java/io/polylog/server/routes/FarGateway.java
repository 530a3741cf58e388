package io.polylog.server.routes;

import io.polylog.kafka.KafkaAdapterFactory;
import io.polylog.spi.ProtocolAdapterFactory;
import io.polylog.testkit.FreePorts;
import io.polylog.testkit.TestGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Another gateway as the broker elsewhere; what it has is read with a Kafka client. One thread. */
final class FarGateway implements BridgeRun.FarBroker, AutoCloseable {

    private final Path directory;
    private final String topic;
    private final ProtocolAdapterFactory door;
    private final int port;
    private final int kafkaPort;
    private final Set<String> received = new HashSet<>();
    private @Nullable TestGateway gateway;
    private @Nullable KafkaTopics kafka;

    FarGateway(Path directory, String topic, ProtocolAdapterFactory door) throws IOException {
        this.directory = directory;
        this.topic = topic;
        this.door = door;
        this.port = FreePorts.next();
        this.kafkaPort = FreePorts.next();
    }

    /** Where the protocol that the bridge speaks is spoken. */
    int port() {
        return port;
    }

    @Override
    public void start() throws Exception {
        gateway = TestGateway.start(
                directory,
                Map.of(door.name() + ".port", Integer.toString(port), "kafka.port", Integer.toString(kafkaPort)),
                door,
                new KafkaAdapterFactory());
        gateway.context().topics().ensure(topic).toCompletableFuture().get();
        kafka = new KafkaTopics(kafkaPort);
    }

    @Override
    public void fail() throws Exception {
        close();
    }

    @Override
    public Set<String> received() {
        received.addAll(kafka.values(topic));
        return Set.copyOf(received);
    }

    @Override
    public void close() throws IOException {
        if (kafka != null) {
            kafka.close();
            kafka = null;
        }
        if (gateway != null) {
            gateway.close();
            gateway = null;
        }
    }
}
