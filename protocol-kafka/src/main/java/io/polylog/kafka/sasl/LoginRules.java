package io.polylog.kafka.sasl;

import io.netty.channel.Channel;
import io.polylog.config.Settings;
import io.polylog.metric.Meters;
import io.polylog.net.TlsPeer;
import io.polylog.security.Credentials;
import io.polylog.time.EpochClock;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.security.sasl.SaslServer;

/**
 * How clients of a door prove who they are, and the threads on which that is checked: salting a password takes
 * milliseconds, fetching keys longer. Any thread.
 */
public final class LoginRules implements AutoCloseable {

    private final Set<String> mechanisms;
    private final int sessionLifetimeMs;
    private final SaslServers servers;
    private final EpochClock clock;
    private final Meters meters;
    private final ThreadPoolExecutor workers;

    public LoginRules(Settings settings, Credentials credentials, EpochClock clock, Meters meters) {
        this.mechanisms = settings.get(SaslKeys.MECHANISMS);
        this.sessionLifetimeMs = settings.get(SaslKeys.SESSION_LIFETIME_MS);
        Optional<TokenCheck> tokens = mechanisms.contains(SaslKeys.OAUTHBEARER)
                ? Optional.of(TokenCheck.of(settings, clock))
                : Optional.empty();
        this.servers = new SaslServers(credentials, tokens);
        this.clock = clock;
        this.meters = meters;
        // A connection has one step in the queue at most, so the limit of connections bounds it.
        this.workers = new ThreadPoolExecutor(2, 2, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "polylog-kafka-login");
            thread.setDaemon(true);
            return thread;
        });
        workers.allowCoreThreadTimeOut(true);
    }

    /** Whether clients have to prove by SASL who they are. */
    public boolean asks() {
        return !mechanisms.isEmpty();
    }

    /** What a connection may use: a password in the clear stays where nobody can read along. */
    List<String> offered(Channel channel) {
        boolean safe = TlsPeer.encrypted(channel)
                || (channel.remoteAddress() instanceof InetSocketAddress peer
                        && peer.getAddress() != null
                        && peer.getAddress().isLoopbackAddress());
        Stream<String> some = mechanisms.stream().filter(mechanism -> safe || !mechanism.equals(SaslKeys.PLAIN));
        return some.toList();
    }

    SaslServer server(String mechanism) {
        return servers.create(mechanism);
    }

    /** When a session ends that begins now, in milliseconds since the Unix epoch; {@link Long#MAX_VALUE} for never. */
    long sessionEndMs(Optional<Long> credentialEndMs) {
        long own = sessionLifetimeMs == 0 ? Long.MAX_VALUE : clock.timeMs() + sessionLifetimeMs;
        return Math.min(own, credentialEndMs.orElse(Long.MAX_VALUE));
    }

    long nowMs() {
        return clock.timeMs();
    }

    void failed(String mechanism) {
        meters.counter("polylog_auth_failures_total", "protocol", "kafka", "mechanism", mechanism)
                .add(1);
    }

    Executor workers() {
        return workers;
    }

    @Override
    public void close() {
        workers.shutdown();
    }
}
