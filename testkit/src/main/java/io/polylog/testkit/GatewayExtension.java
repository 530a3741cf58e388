package io.polylog.testkit;

import io.polylog.disk.Disk;
import io.polylog.spi.ProtocolAdapterFactory;
import io.polylog.time.EpochClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A gateway for a test: in its process, with every protocol that is on the class path, each on a free loopback port, and its
 * log in a temporary directory.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final GatewayExtension gateway = GatewayExtension.withVirtualClock();
 * }</pre>
 *
 * <p>In a static field it is started once, before the first test of the class, and tests share its topics; in an instance
 * field once for each test. It is closed after them, and its directory is deleted; if its log has failed meanwhile the test
 * fails. Any thread may ask for addresses; one at a time moves the clock or restarts.
 */
public final class GatewayExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private final @Nullable VirtualClock clock;
    private final Map<String, String> settings = new HashMap<>();
    private List<ProtocolAdapterFactory> doors = List.of();
    private String startedFor = ""; // unique id of the class or test after which it is closed
    private @Nullable TemporaryDirectory directory;
    private volatile @Nullable TestGateway gateway;

    private GatewayExtension(@Nullable VirtualClock clock) {
        this.clock = clock;
    }

    /** By the operating system's clock. */
    public static GatewayExtension create() {
        return new GatewayExtension(null);
    }

    /**
     * By a clock that stands still, at the time of its making, until the test {@linkplain VirtualClock#advance(String)
     * advances} it. Dates go by it: timestamps that the gateway gives, scheduled messages, expiry of messages and of sessions
     * whose clients are away. Time that connected clients measure by clocks of their own goes on as ever, so that no leap
     * disconnects them.
     */
    public static GatewayExtension withVirtualClock() {
        return new GatewayExtension(new VirtualClock(EpochClock.system().timeMs()));
    }

    /**
     * Sets a key of the configuration file, before the start; {@code <protocol>.port} too. Without it {@code durability} is
     * {@code os}, which is faster, and the rest has its default.
     *
     * @return this
     */
    public GatewayExtension setting(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /** The port of a protocol: {@code kafka}, {@code amqp}, {@code mqtt}, {@code http}, or another on the class path. */
    public int port(String protocol) {
        return gateway().port(protocol);
    }

    /** The address of a protocol for clients, such as {@code 127.0.0.1:41523}. */
    public String address(String protocol) {
        return "127.0.0.1:" + port(protocol);
    }

    /**
     * @throws IllegalStateException if it goes by the operating system's clock
     */
    public VirtualClock clock() {
        if (clock == null) {
            throw new IllegalStateException("no virtual clock: make it by GatewayExtension.withVirtualClock()");
        }
        return clock;
    }

    /**
     * The gateway itself, to look behind its doors.
     *
     * @throws IllegalStateException if it is not started
     */
    public TestGateway gateway() {
        TestGateway running = gateway;
        if (running == null) {
            throw new IllegalStateException("the gateway is not started: its field needs @RegisterExtension");
        }
        return running;
    }

    /** Stops the gateway cleanly and starts it on the same directory and ports. A virtual clock stands meanwhile. */
    public void restart() throws IOException {
        TestGateway running = gateway();
        Map<String, String> again = new HashMap<>(settings);
        for (ProtocolAdapterFactory door : doors) {
            again.put(TestDoors.port(door), Integer.toString(running.port(door.name())));
        }
        gateway = null;
        closed(running);
        gateway = open(again);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        start(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        start(context);
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        stop(context);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        stop(context);
    }

    /** Unless it runs: for the class around this one, or for the class of this test. */
    private void start(ExtensionContext context) throws IOException {
        if (gateway != null) {
            return;
        }
        doors = TestDoors.onClassPath();
        TestDoors.check(settings, doors);
        directory = TemporaryDirectory.create();
        startedFor = context.getUniqueId();
        gateway = open(settings);
    }

    private TestGateway open(Map<String, String> effective) throws IOException {
        Path data = directory().path().resolve("data");
        ProtocolAdapterFactory[] factories = doors.toArray(ProtocolAdapterFactory[]::new);
        return clock == null
                ? TestGateway.start(data, effective, factories)
                : TestGateway.start(data, effective, Disk.system(), clock, factories);
    }

    private TemporaryDirectory directory() {
        TemporaryDirectory made = directory;
        if (made == null) {
            throw new IllegalStateException("the gateway is not started");
        }
        return made;
    }

    private void stop(ExtensionContext context) throws IOException {
        TestGateway running = gateway;
        if (!context.getUniqueId().equals(startedFor)) {
            return;
        }
        startedFor = "";
        gateway = null;
        try {
            if (running != null) {
                closed(running);
            }
        } finally {
            directory().delete();
        }
    }

    private static void closed(TestGateway running) throws IOException {
        running.close();
        Throwable failure = running.failure();
        if (failure != null) {
            throw new IllegalStateException("the gateway failed during the test: " + failure, failure);
        }
    }
}
