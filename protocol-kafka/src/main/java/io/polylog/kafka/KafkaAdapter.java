package io.polylog.kafka;

import io.netty.channel.Channel;
import io.netty.handler.timeout.IdleStateHandler;
import io.polylog.config.Settings;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.codec.FrameDecoder;
import io.polylog.kafka.codec.RequestMemory;
import io.polylog.kafka.handler.Apis;
import io.polylog.kafka.produce.ValidationWorkers;
import io.polylog.kafka.sasl.Login;
import io.polylog.kafka.sasl.LoginRules;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.ConnectionLimits;
import io.polylog.spi.ProtocolAdapter;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** One Kafka listener: what its connections share, and the pipeline each of them gets. */
final class KafkaAdapter implements ProtocolAdapter {

    private final Endpoint endpoint;
    private final Apis apis;
    private final ValidationWorkers workers;
    private final LoginRules loginRules;
    private final DoorLimits connectionLimits;
    private final KafkaMeters meters;
    private final RequestMemory memory;
    private final int maxRequestBytes;
    private final int requestTimeoutMs;
    private final int idleTimeoutMs;

    KafkaAdapter(AdapterContext context, Settings settings) {
        this.endpoint = new Endpoint(
                context.clusterId(),
                context.nodeId(),
                settings.get(KafkaAdapterFactory.ADVERTISED_HOST),
                settings.get(KafkaAdapterFactory.ADVERTISED_PORT),
                settings.get(KafkaAdapterFactory.ADVERTISED_TLS_PORT));
        this.apis = new Apis(
                context,
                endpoint,
                settings.get(KafkaAdapterFactory.TRANSACTION_VERSION),
                settings.get(KafkaAdapterFactory.MAX_FETCH_SESSIONS),
                settings.get(KafkaAdapterFactory.MAX_CLIENT_METRICS));
        this.workers = new ValidationWorkers(Math.max(2, Runtime.getRuntime().availableProcessors() / 2));
        this.loginRules =
                new LoginRules(settings, context.security().credentials(), context.epochClock(), context.meters());
        this.connectionLimits = new DoorLimits(context.brokerSettings());
        this.meters = new KafkaMeters(context.meters());
        this.memory = new RequestMemory(Math.max(
                settings.get(KafkaAdapterFactory.MAX_IN_FLIGHT_BYTES),
                settings.get(KafkaAdapterFactory.MAX_REQUEST_BYTES)));
        this.maxRequestBytes = settings.get(KafkaAdapterFactory.MAX_REQUEST_BYTES);
        this.requestTimeoutMs = settings.get(KafkaAdapterFactory.REQUEST_TIMEOUT_MS);
        this.idleTimeoutMs = settings.get(KafkaAdapterFactory.IDLE_TIMEOUT_MS);
    }

    @Override
    public void bound(InetSocketAddress address) {
        endpoint.bound(address);
    }

    @Override
    public ConnectionLimits limits(ConnectionLimits configured) {
        return connectionLimits;
    }

    @Override
    public void connected(Channel channel) {
        int waitMs = channel.remoteAddress() instanceof InetSocketAddress peer ? apis.connect(peer.getAddress()) : 0;
        if (waitMs > 0) {
            meters.throttledConnections.add(1);
            channel.config().setAutoRead(false);
            channel.eventLoop().schedule(() -> channel.close(), waitMs, TimeUnit.MILLISECONDS);
            return;
        }
        FrameDecoder frames = new FrameDecoder(maxRequestBytes, memory);
        if (loginRules.asks()) {
            frames.expectStranger();
        }
        Login login = new Login(loginRules, channel, frames::peerUnderstood);
        channel.pipeline()
                .addLast(
                        new IdleStateHandler(0, 0, idleTimeoutMs, TimeUnit.MILLISECONDS),
                        frames,
                        new RequestDeadline(frames, requestTimeoutMs),
                        new RawSasl(login),
                        new KafkaConnection(apis, login, workers.lane(), frames, memory, meters));
    }

    @Override
    public String tryNext(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        String literal = address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host;
        return "echo hello | kcat -b " + literal + ":" + address.getPort() + " -t demo -P";
    }

    @Override
    public void close() {
        workers.close();
        loginRules.close();
    }
}
