package io.polylog.testkit;

import io.polylog.config.Settings;
import io.polylog.disk.Disk;
import io.polylog.engine.Homes;
import io.polylog.net.ConnectionKeys;
import io.polylog.net.EventLoops;
import io.polylog.net.Listener;
import io.polylog.net.TlsKeys;
import io.polylog.node.Environment;
import io.polylog.node.LogKeys;
import io.polylog.node.LogNode;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.ProtocolAdapterFactory;
import io.polylog.spi.Readiness;
import io.polylog.time.Alarms;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import io.polylog.time.Scheduler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A gateway in this process: the real log in a directory of the test's, and listeners on free loopback ports. Closing
 * stops it cleanly; opening another on the same directory is a restart. Topics made one after the other live in different
 * replica groups.
 */
public final class TestGateway implements AutoCloseable {

    private static final int EVENT_LOOPS = 2;

    private final LogNode node;
    private final AdapterContext context;
    private final EventLoops loops = new EventLoops(EVENT_LOOPS);
    private final List<Listener> listeners = new ArrayList<>();
    private final CountedMeters meters;
    private final AtomicReference<@Nullable Throwable> failure;

    private TestGateway(
            LogNode node, AdapterContext context, CountedMeters meters, AtomicReference<@Nullable Throwable> failure) {
        this.node = node;
        this.meters = meters;
        this.context = context;
        this.failure = failure;
    }

    /** Starts with default settings on the operating system's disk and clocks. */
    public static TestGateway start(Path directory, ProtocolAdapterFactory... factories) throws IOException {
        return start(directory, Map.of(), factories);
    }

    /**
     * @param settings by key name, of the log and of the doors; with {@code <door>.port} a door listens there instead of
     *     on a free port, so that clients find it again after a restart
     */
    public static TestGateway start(Path directory, Map<String, String> settings, ProtocolAdapterFactory... factories)
            throws IOException {
        return start(directory, settings, Disk.system(), EpochClock.system(), NanoClock.system(), factories);
    }

    public static TestGateway start(
            Path directory,
            Map<String, String> settings,
            Disk disk,
            EpochClock epochClock,
            NanoClock nanoClock,
            ProtocolAdapterFactory... factories)
            throws IOException {
        Scheduler scheduler = Scheduler.system();
        Time time = new Time(
                epochClock,
                Alarms.of(epochClock, nanoClock, scheduler, jumpedMs -> {}),
                epochClock,
                nanoClock,
                scheduler);
        return start(directory, settings, disk, time, factories);
    }

    /** Dates and their alarms, and how long things take. */
    private record Time(
            EpochClock clock, Alarms alarms, EpochClock peerClock, NanoClock nanoClock, Scheduler scheduler) {}

    /**
     * Dates stand still until the test moves them. Time that clients measure by clocks of their own goes on: keep alive and
     * idle time-outs, sessions of consumer groups, locks; so do pauses before something is tried again.
     */
    public static TestGateway start(
            Path directory,
            Map<String, String> settings,
            Disk disk,
            VirtualClock clock,
            ProtocolAdapterFactory... factories)
            throws IOException {
        Time time = new Time(clock, clock, EpochClock.system(), NanoClock.system(), Scheduler.system());
        return start(directory, settings, disk, time, factories);
    }

    private static TestGateway start(
            Path directory, Map<String, String> settings, Disk disk, Time time, ProtocolAdapterFactory... factories)
            throws IOException {
        Map<String, String> all = new HashMap<>(settings);
        all.putIfAbsent(LogKeys.DATA_DIR.name(), directory.toString());
        all.putIfAbsent(LogKeys.DURABILITY.name(), "os"); // tests that are about durability say so
        Settings effective = Settings.of(all);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        CountedMeters meters = new CountedMeters();
        AtomicReference<@Nullable LogNode> opened = new AtomicReference<>();
        SpreadTopicIds topicIds = new SpreadTopicIds(
                new Homes(effective.get(LogKeys.DATA_GROUPS)),
                () -> Optional.ofNullable(opened.get())
                        .map(node ->
                                node.context(new Readiness()).topics().all().size())
                        .orElse(0));
        Environment environment = new Environment(
                disk,
                time.clock,
                time.alarms,
                time.peerClock,
                time.nanoClock,
                time.scheduler,
                topicIds,
                meters,
                new MappedLogLevels());
        LogNode node = LogNode.open(effective, environment, (what, cause) -> failure.compareAndSet(null, cause));
        opened.set(node);
        TestGateway gateway = new TestGateway(node, node.context(new Readiness()), meters, failure);
        try {
            for (ProtocolAdapterFactory factory : factories) {
                int port = Integer.parseInt(settings.getOrDefault(factory.name() + ".port", "0"));
                InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
                gateway.listeners.add(Listener.bind(
                        factory.name(),
                        TlsKeys.of(factory.name()).ports(effective, address, time.scheduler),
                        ConnectionKeys.of(factory.name()).limits(effective),
                        factory.create(gateway.context, effective),
                        gateway.loops,
                        meters));
            }
        } catch (IOException | RuntimeException failed) {
            gateway.close();
            throw failed;
        }
        gateway.context.readiness().ready();
        return gateway;
    }

    /** The ports that the doors see, for tests that look behind them. */
    public AdapterContext context() {
        return context;
    }

    /** Where a protocol listens. */
    public InetSocketAddress address(String protocol) {
        return listener(protocol).address();
    }

    private Listener listener(String protocol) {
        return listeners.stream()
                .filter(listener -> listener.protocol().equals(protocol))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no listener for " + protocol));
    }

    /** Where a protocol speaks TLS, if it does. */
    public int tlsPort(String protocol) {
        return listener(protocol).ports().stream()
                .filter(port -> port.tls().isPresent())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no TLS for " + protocol))
                .address()
                .getPort();
    }

    public int port(String protocol) {
        return address(protocol).getPort();
    }

    /**
     * What the counters of one name have counted since the start.
     *
     * @return by their tags, such as {@code from=log to=mqtt field=header}; those at zero too
     */
    public Map<String, Long> counters(String name) {
        return meters.counters(name);
    }

    /** What a gauge without tags shows. */
    public double gauge(String name) {
        return meters.gauge(name);
    }

    /**
     * Takes a checkpoint now.
     *
     * @return whether it worked
     */
    public boolean checkpoint() {
        return node.checkpoint();
    }

    /** Lets go now what topics keep no longer, by the gateway's clock. */
    public void expire() {
        node.expire();
    }

    /** Compacts now what is to be compacted: segments that were closed at the last checkpoint. */
    public void compact() {
        node.compact();
    }

    /** What made the log stop, if something did. */
    public @Nullable Throwable failure() {
        return failure.get();
    }

    @Override
    public void close() throws IOException {
        context.readiness().stopping();
        listeners.forEach(Listener::close);
        loops.close();
        node.close();
    }
}
