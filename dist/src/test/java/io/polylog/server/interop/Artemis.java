package io.polylog.server.interop;

import static org.awaitility.Awaitility.await;

import io.polylog.server.routes.BridgeRun;
import io.polylog.testkit.FreePorts;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * Apache ActiveMQ Artemis as the broker elsewhere: a process of its own with the libraries of its release, killed with
 * SIGKILL. What it has is received with Qpid JMS. One thread.
 */
final class Artemis implements BridgeRun.FarBroker, AutoCloseable {

    private static final String QUEUE = "from-polylog";
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final int RECEIVE_PATIENCE_MS = 100;

    private final Path directory;
    private final int port;
    private final Set<String> received = new HashSet<>();
    private @Nullable Process process;
    private @Nullable Connection connection;
    private @Nullable MessageConsumer consumer;

    Artemis(Path directory) throws IOException {
        this.directory = directory;
        this.port = FreePorts.next();
        Files.createDirectories(directory.resolve("etc"));
        Files.writeString(directory.resolve("etc/broker.xml"), """
                <configuration xmlns="urn:activemq">
                  <core xmlns="urn:activemq:core">
                    <security-enabled>false</security-enabled>
                    <journal-type>NIO</journal-type>
                    <acceptors><acceptor name="amqp">tcp://127.0.0.1:%d?protocols=AMQP</acceptor></acceptors>
                    <address-settings>
                      <address-setting match="#">
                        <auto-delete-queues>false</auto-delete-queues>
                        <auto-delete-addresses>false</auto-delete-addresses>
                      </address-setting>
                    </address-settings>
                  </core>
                </configuration>
                """.formatted(port));
    }

    String url() {
        return "amqp://127.0.0.1:" + port;
    }

    @Override
    public void start() throws Exception {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("polylog.artemis") + "/lib/*",
                        "org.apache.activemq.artemis.core.server.embedded.Main",
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        await().atMost(START_PATIENCE).until(this::listens);
        connection = new JmsConnectionFactory(url()).createConnection();
        Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        consumer = session.createConsumer(session.createQueue(QUEUE));
        connection.start();
    }

    private Path log() {
        return directory.resolve("artemis.log");
    }

    private boolean listens() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            return true;
        } catch (IOException notYet) {
            if (process == null || !process.isAlive()) {
                throw new AssertionError("artemis has ended: " + Files.readString(log()), notYet);
            }
            return false;
        }
    }

    @Override
    public Set<String> received() throws JMSException {
        Message message = consumer.receive(RECEIVE_PATIENCE_MS);
        while (message != null) {
            BytesMessage bytes = (BytesMessage) message;
            byte[] body = new byte[(int) bytes.getBodyLength()];
            bytes.readBytes(body);
            received.add(new String(body, StandardCharsets.UTF_8));
            message = consumer.receiveNoWait();
        }
        return Set.copyOf(received);
    }

    @Override
    public void fail() throws Exception {
        process.destroyForcibly();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new AssertionError("artemis survives SIGKILL");
        }
        connection.close();
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
