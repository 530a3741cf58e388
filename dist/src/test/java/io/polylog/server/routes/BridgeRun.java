package io.polylog.server.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.camel.Routes;
import io.polylog.kafka.KafkaAdapterFactory;
import io.polylog.testkit.FreePorts;
import io.polylog.testkit.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A gateway with one of the bridge examples, and numbered records that are to cross it while the far side fails. One
 * thread.
 */
public final class BridgeRun implements AutoCloseable {

    private static final int RECORDS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A broker elsewhere, which keeps what it was sent when it fails. */
    public interface FarBroker {

        /** Starts, at first or again, where it was. */
        void start() throws Exception;

        /** Ends it without a warning. */
        void fail() throws Exception;

        /** Bodies of all messages that it has been seen to have, so far; it runs. */
        Set<String> received() throws Exception;
    }

    private final Path directory;
    private final String topic;
    private final String route;
    private final FarBroker far;
    private final int kafkaPort;
    private TestGateway gateway;
    private Routes routes;
    private KafkaTopics kafka;
    private int sent;

    /**
     * @param route id of the route, whose file is called after it
     * @param topic that it reads
     */
    public BridgeRun(Path directory, String route, String topic, FarBroker far) throws IOException {
        this.directory = directory;
        this.topic = topic;
        this.route = route;
        this.far = far;
        this.kafkaPort = FreePorts.next();
        ExampleFile.copy(route + ".yaml", Files.createDirectory(directory.resolve("routes")));
        startGateway();
    }

    private void startGateway() throws IOException {
        gateway = TestGateway.start(
                directory.resolve("near"),
                Map.of("kafka.port", Integer.toString(kafkaPort)),
                new KafkaAdapterFactory());
        kafka = new KafkaTopics(kafkaPort);
        routes = Routes.start(directory.resolve("routes"), gateway.context());
    }

    private void stopGateway() throws IOException {
        routes.close();
        kafka.close();
        gateway.close();
    }

    /** The far side fails while records cross, stays away for a while, and comes back where it was. */
    public void farSideFailsUnderLoad() throws Exception {
        far.start();
        send(RECORDS / 4);
        await().atMost(PATIENCE).until(() -> far.received().size() > RECORDS / 8);
        sendOnly(RECORDS / 4);
        far.fail();
        send(RECORDS / 2);
        awaitFailures();
        far.start();
        everythingHasArrived();
    }

    /** The same, and the gateway is started again in between. */
    public void gatewayStartsAgainWhileFarSideIsAway() throws Exception {
        far.start();
        send(RECORDS / 4);
        await().atMost(PATIENCE).until(() -> far.received().size() > RECORDS / 8);
        far.fail();
        send(RECORDS / 4);
        long done = awaitFailures();
        stopGateway();
        // Nothing crosses now: what the route was done with is there already.
        far.start();
        await().atMost(PATIENCE).until(() -> far.received().size() >= done);
        far.fail();
        startGateway();
        send(RECORDS / 2);
        awaitFailures();
        far.start();
        everythingHasArrived();
    }

    /** The far side is not there when the route starts. */
    public void farSideComesLate() throws Exception {
        send(RECORDS / 4);
        awaitFailures();
        far.start();
        everythingHasArrived();
    }

    /** Something that the far side does. */
    public interface Change {
        void happens() throws Exception;
    }

    /** The far side runs and refuses what it gets, until it is changed. */
    public void refusedAtFirst(Change change) throws Exception {
        send(10);
        assertThat(awaitFailures()).isZero();
        assertThat(far.received()).isEmpty();
        change.happens();
        everythingHasArrived();
    }

    private void send(int count) {
        sendOnly(count);
        kafka.flush();
    }

    private void sendOnly(int count) {
        for (int i = 0; i < count; i++) {
            kafka.sendLater(topic, "k", Integer.toString(sent++));
        }
    }

    /** Returns how many records the route was done with when the far side was away. */
    private long awaitFailures() {
        RouteRows rows = new RouteRows(gateway.context());
        await().atMost(PATIENCE).until(() -> rows.number(route, "failed") > 0);
        assertThat(rows.state(route)).isEqualTo("running");
        Map<String, String> row = rows.of(route);
        return Long.parseLong(row.get("total"))
                - Long.parseLong(row.get("failed"))
                - Long.parseLong(row.get("inFlight"));
    }

    private void everythingHasArrived() throws Exception {
        Set<String> all = new HashSet<>();
        for (int i = 0; i < sent; i++) {
            all.add(Integer.toString(i));
        }
        while (far.received().size() < sent) { // on a busy disk each takes its time; what counts is that more come
            int had = far.received().size();
            await().atMost(PATIENCE).until(() -> far.received().size() > had);
        }
        assertThat(far.received()).isEqualTo(all);
        assertThat(gateway.context().topics().find(topic + ".dlq")).isEmpty();
    }

    @Override
    public void close() throws IOException {
        stopGateway();
    }
}
