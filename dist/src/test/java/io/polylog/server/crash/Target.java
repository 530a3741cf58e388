package io.polylog.server.crash;

import io.polylog.server.endpoint.Endpoint;
import io.polylog.server.it.StartedGateway;
import io.polylog.testkit.FreePorts;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The gateway that is killed: one data directory and the same ports, whichever process serves them. Its state changes on
 * the thread of the run; any thread may ask for addresses and wait for it to be up.
 */
final class Target implements AutoCloseable {

    private static final NanoClock CLOCK = NanoClock.system();

    private static final List<String> PROTOCOLS = List.of("kafka", "amqp", "mqtt", "http");

    /** Small, so that the journal is trimmed all the time. */
    static final int CHECKPOINT_BYTES = 4 << 20;

    private final Path directory;
    private final Random random;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, Integer> ports = new HashMap<>();
    private final List<Long> recoveriesMs = new ArrayList<>();
    private StartedGateway gateway;
    private boolean up;
    private boolean over;

    Target(Path directory, Random random) {
        this.directory = directory;
        this.random = random;
        for (String protocol : PROTOCOLS) {
            int port = FreePorts.next();
            ports.put(protocol, port);
            environment.put("POLYLOG_" + protocol.toUpperCase(Locale.ROOT) + "_PORT", Integer.toString(port));
        }
        environment.put("POLYLOG_CHECKPOINT_BYTES", Integer.toString(CHECKPOINT_BYTES));
    }

    /** Checkpoints come often enough that kills hit them; some processes take one after the other. */
    private StartedGateway launch() {
        environment.put("POLYLOG_CHECKPOINT_INTERVAL_MS", random.nextBoolean() ? "100" : "30000");
        return StartedGateway.launch(directory, environment);
    }

    Endpoint endpoint(String protocol) {
        return new Endpoint("127.0.0.1", ports.get(protocol));
    }

    /** Starts it and waits until it is ready; how long that took is remembered. */
    void start() {
        long startNanos = CLOCK.nanoTime();
        gateway = launch();
        gateway.awaitReady();
        recoveriesMs.add(TimeUnit.NANOSECONDS.toMillis(CLOCK.nanoTime() - startNanos));
        synchronized (this) {
            up = true;
            notifyAll();
        }
    }

    /** Starts it and kills it that much later, wherever its recovery is then. */
    void startAndKill(long afterMs) {
        gateway = launch();
        if (gateway.endsWithin(afterMs)) {
            throw new AssertionError("the gateway ended by itself: " + gateway.err());
        }
        gateway.kill();
    }

    void kill() {
        synchronized (this) {
            up = false;
        }
        gateway.kill();
    }

    long lastRecoveryMs() {
        return recoveriesMs.get(recoveriesMs.size() - 1);
    }

    /** From the start of each process to its ready line, in milliseconds. */
    List<Long> recoveriesMs() {
        return List.copyOf(recoveriesMs);
    }

    /**
     * Waits until the gateway is up, so that a client does not knock at a closed door all the time.
     *
     * @return false if the run is over
     */
    synchronized boolean awaitUp() throws InterruptedException {
        while (!up && !over) {
            wait();
        }
        return !over;
    }

    /** Bytes of the files below that directory of the data. */
    long bytesBelow(String name) {
        Path root = directory.resolve("data").resolve(name);
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).mapToLong(Target::size).sum();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A file that has gone meanwhile counts nothing. */
    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException gone) {
            return 0;
        }
    }

    String log() {
        return gateway.err();
    }

    @Override
    public void close() {
        synchronized (this) {
            over = true;
            notifyAll();
        }
        if (gateway != null) {
            gateway.close();
        }
    }
}
