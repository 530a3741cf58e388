package io.polylog.server.interop;

import io.polylog.server.endpoint.Endpoint;
import io.polylog.testkit.FreePorts;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** A real Apache Kafka: one node that is its own controller, as a process with the libraries of its release. */
final class ApacheKafka implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qg";

    private final Process process;
    private final Endpoint endpoint;
    private final Endpoint guarded;
    private final Path log;

    private ApacheKafka(Process process, Endpoint endpoint, Endpoint guarded, Path log) {
        this.process = process;
        this.endpoint = endpoint;
        this.guarded = guarded;
        this.log = log;
    }

    /**
     * Formats a directory, starts a broker in it, and waits until it takes connections. It looks for records that are too old after
     * an hour only: those of the tests are, and half a minute, as is usual, ends in the middle of something.
     */
    static ApacheKafka start(Path parent) throws IOException, InterruptedException {
        Path directory = Files.createDirectories(parent.resolve("kafka"));
        int port = FreePorts.next();
        int guarded = FreePorts.next();
        int controller = FreePorts.next();
        Path properties = Files.writeString(directory.resolve("server.properties"), """
                process.roles=broker,controller
                node.id=0
                controller.quorum.voters=0@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,SASL_PLAINTEXT://127.0.0.1:%4$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d,SASL_PLAINTEXT://127.0.0.1:%4$d
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT
                sasl.enabled.mechanisms=PLAIN
                listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_root="pw";
                authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                super.users=User:ANONYMOUS;User:root
                log.dirs=%3$s
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=4
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=4
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                share.coordinator.state.topic.num.partitions=4
                group.initial.rebalance.delay.ms=0
                log.initial.task.delay.ms=3600000
                metric.reporters=%5$s
                """.formatted(
                        port, controller, directory.resolve("logs"), guarded, TelemetrySink.class.getName()));
        Path log = directory.resolve("kafka.log");
        Process format = run(log, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", properties.toString());
        if (format.waitFor() != 0) {
            throw new AssertionError("no storage for Kafka: " + Files.readString(log));
        }
        ApacheKafka kafka = new ApacheKafka(
                run(log, "kafka.Kafka", properties.toString()),
                new Endpoint("127.0.0.1", port),
                new Endpoint("127.0.0.1", guarded),
                log);
        Awaitility.await("Kafka").atMost(PATIENCE).until(kafka::listens);
        return kafka;
    }

    private static Process run(Path log, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("polylog.kafka") + File.separator + "*" + File.pathSeparator
                        + "target/test-classes"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private boolean listens() throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("Kafka has ended: " + Files.readString(log));
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Where everybody may do everything. */
    Endpoint endpoint() {
        return endpoint;
    }

    /** Where the super user root has the password pw, and nobody else is known (SASL PLAIN). */
    Endpoint guarded() {
        return guarded;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
