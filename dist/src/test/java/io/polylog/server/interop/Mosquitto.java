package io.polylog.server.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.polylog.server.routes.BridgeRun;
import io.polylog.testkit.FreePorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;

/**
 * Mosquitto as the broker elsewhere, killed with SIGKILL, and a subscriber that sees all it has taken: its subscription is
 * on the disk before anything is published, and Mosquitto writes a message to subscribers before it confirms it. One thread.
 */
final class Mosquitto implements BridgeRun.FarBroker, AutoCloseable {

    private static final String TOPIC = "from-polylog";

    private static final Duration QUIET = Duration.ofMillis(200);

    private final Path directory;
    private final int port = FreePorts.next();
    private final Set<String> received = ConcurrentHashMap.newKeySet();
    private @Nullable Process process;
    private @Nullable MqttClient subscriber;

    Mosquitto(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        configure("");
    }

    private void configure(String more) throws IOException {
        Files.writeString(directory.resolve("mosquitto.conf"), """
                listener %d 127.0.0.1
                allow_anonymous true
                persistence true
                persistence_location %s/
                max_inflight_messages 0
                max_queued_messages 0
                user %s
                %s
                """.formatted(
                        port, directory, System.getProperty("user.name"), more));
    }

    private Path log() {
        return directory.resolve("mosquitto.log");
    }

    private Path acl() {
        return directory.resolve("acl");
    }

    String url() {
        return "tcp://127.0.0.1:" + port;
    }

    /** Runs, and refuses whatever is published. Forgets subscribers that are away: it does not know what they may read. */
    void startRefusing() throws Exception {
        Files.writeString(acl(), "topic read " + TOPIC + "/#\n");
        configure("acl_file " + acl());
        run();
        subscribe();
    }

    /** Refuses no more. */
    void stopRefusing() throws IOException {
        Files.writeString(acl(), "topic readwrite " + TOPIC + "/#\n");
        signal("HUP");
    }

    /** Makes the subscription and has it written to the disk, so that it is there whenever this is started. */
    void prepare() throws Exception {
        run();
        subscribe();
        signal("USR1");
        await().until(() -> Files.exists(directory.resolve("mosquitto.db")));
        fail();
    }

    private void run() throws IOException {
        process = new ProcessBuilder(
                        "mosquitto", "-c", directory.resolve("mosquitto.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        await().until(this::listens);
    }

    @Override
    public void start() throws Exception {
        run();
        subscribe();
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            return true;
        } catch (IOException notYet) {
            if (process == null || !process.isAlive()) {
                throw new AssertionError("mosquitto has ended: " + logged());
            }
            return false;
        }
    }

    private String logged() {
        try {
            return Files.readString(log());
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    private void subscribe() throws MqttException {
        subscriber = new MqttClient(url(), "subscriber", new MemoryPersistence());
        MqttConnectOptions options = new MqttConnectOptions();
        options.setCleanSession(false);
        subscriber.setCallback(new ReceivedInto(received));
        subscriber.connect(options);
        subscriber.subscribe(TOPIC + "/#", 1);
    }

    /** Killed once its subscriber has what was sent: the connection is reset, and what nobody has read by then is gone. */
    @Override
    public void fail() throws Exception {
        signal("STOP");
        AtomicInteger before = new AtomicInteger(-1);
        await().pollInterval(QUIET).until(() -> before.getAndSet(received.size()) == received.size());
        process.destroyForcibly();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new AssertionError("mosquitto survives SIGKILL");
        }
        await().until(() -> !subscriber.isConnected());
        subscriber.close();
    }

    private void signal(String name) throws IOException {
        try {
            new ProcessBuilder(List.of("kill", "-" + name, Long.toString(process.pid())))
                    .start()
                    .waitFor();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public Set<String> received() {
        return Set.copyOf(received);
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** Keeps the bodies of messages. */
    private record ReceivedInto(Set<String> bodies) implements MqttCallback {
        @Override
        public void connectionLost(Throwable cause) {}

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            bodies.add(new String(message.getPayload(), UTF_8));
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {}
    }
}
