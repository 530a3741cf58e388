package io.polylog.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.polylog.metric.Meters;
import io.polylog.spi.ConnectionLimits;
import io.polylog.spi.ProtocolAdapter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ports of one protocol, mostly one, that hand their connections to its adapter.
 *
 * <p>Bound by {@link #bind}; {@link #close} stops accepting, closes every connection, then the adapter. May be called
 * from any thread but an event loop. Connections beyond the limits are closed as soon as they are accepted.
 */
public final class Listener implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Listener.class);

    private final String protocol;
    private final ProtocolAdapter adapter;
    private final ChannelGroup connections;
    private final List<Port> ports;
    private final List<Channel> servers = new ArrayList<>();

    private Listener(String protocol, ProtocolAdapter adapter, ChannelGroup connections, List<Port> ports) {
        this.protocol = protocol;
        this.adapter = adapter;
        this.connections = connections;
        this.ports = List.copyOf(ports);
    }

    /**
     * One port to listen on.
     *
     * @param tls what its connections begin with, if they do; closed with the listener
     */
    public record Port(InetSocketAddress address, Optional<Tls> tls) {

        public static Port plain(InetSocketAddress address) {
            return new Port(address, Optional.empty());
        }
    }

    /** {@link #bind(String, List, ConnectionLimits, ProtocolAdapter, EventLoops, Meters)} for one plain port, with a limit in all. */
    public static Listener bind(
            String protocol,
            InetSocketAddress address,
            int maxConnections,
            ProtocolAdapter adapter,
            EventLoops loops,
            Meters meters)
            throws IOException {
        ConnectionLimits limits = ConnectionLimits.of(maxConnections, maxConnections);
        return bind(protocol, List.of(Port.plain(address)), limits, adapter, loops, meters);
    }

    /**
     * Binds and starts accepting. The adapter and the ports' TLS belong to the listener from here on, and are closed if
     * binding fails.
     *
     * @param ports at least one
     * @param limits of all ports together, unless the adapter knows better
     * @throws PortException if a port cannot be bound
     */
    public static Listener bind(
            String protocol,
            List<Port> ports,
            ConnectionLimits limits,
            ProtocolAdapter adapter,
            EventLoops loops,
            Meters meters)
            throws PortException {
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        Acceptor acceptor = new Acceptor(protocol, adapter, connections, adapter.limits(limits), meters);
        Handshakes handshakes = new Handshakes(protocol, meters);
        Listener listener = new Listener(protocol, adapter, connections, ports);
        for (Port port : ports) {
            try {
                ChannelHandler first = port.tls()
                        .<ChannelHandler>map(tls -> acceptor.over(tls, handshakes))
                        .orElse(acceptor);
                Channel server = bootstrap(loops, first)
                        .bind(port.address())
                        .syncUninterruptibly()
                        .channel();
                listener.servers.add(server);
                adapter.bound((InetSocketAddress) server.localAddress());
            } catch (Exception failure) { // Netty throws the checked cause unwrapped
                listener.close();
                throw new PortException(port.address(), failure);
            }
        }
        listener.servers.forEach(server -> server.config().setAutoRead(true));
        return listener;
    }

    private static ServerBootstrap bootstrap(EventLoops loops, ChannelHandler acceptor) {
        return new ServerBootstrap()
                .group(loops.group())
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 * 1024, 256 * 1024))
                .childHandler(acceptor);
    }

    public String protocol() {
        return protocol;
    }

    /** The bound address of the first port; its number is the real one if 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) servers.get(0).localAddress();
    }

    /** The ports with their bound addresses, in the order in which they were given. */
    public List<Port> ports() {
        List<Port> bound = new ArrayList<>(ports.size());
        for (int i = 0; i < ports.size(); i++) {
            bound.add(new Port(
                    (InetSocketAddress) servers.get(i).localAddress(),
                    ports.get(i).tls()));
        }
        return bound;
    }

    public ProtocolAdapter adapter() {
        return adapter;
    }

    @Override
    public void close() {
        servers.forEach(server -> server.close().syncUninterruptibly());
        connections.close().syncUninterruptibly();
        adapter.close();
        ports.forEach(port -> port.tls().ifPresent(Tls::close));
    }

    private static final class Acceptor extends ChannelInitializer<Channel> {

        /** Between two lines about refused connections. */
        private static final int REFUSALS_TOLD_SECONDS = 1;

        private final String protocol;
        private final ProtocolAdapter adapter;
        private final OpenConnections open;
        private final AtomicBoolean told = new AtomicBoolean();
        private final Meters.Counter refused;
        private final Traffic traffic;
        private final ChannelGroup connections;

        Acceptor(
                String protocol,
                ProtocolAdapter adapter,
                ChannelGroup connections,
                ConnectionLimits limits,
                Meters meters) {
            this.protocol = protocol;
            this.adapter = adapter;
            this.connections = connections;
            this.open = new OpenConnections(limits);
            this.traffic = new Traffic(protocol, meters);
            this.refused = meters.counter("polylog_connections_refused_total", "protocol", protocol);
            meters.gauge("polylog_connections", () -> connections.size(), "protocol", protocol);
        }

        /** The same for a port whose connections begin with TLS; what counts bytes sees them encrypted. */
        ChannelInitializer<Channel> over(Tls tls, Handshakes handshakes) {
            return new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                    accept(
                            channel,
                            () -> channel.pipeline()
                                    .addLast(tls.newHandler(channel), new ChunkedWriteHandler(), handshakes));
                }
            };
        }

        @Override
        protected void initChannel(Channel channel) {
            accept(channel, () -> {});
        }

        private void accept(Channel channel, Runnable secure) {
            if (!(channel.remoteAddress() instanceof InetSocketAddress peer)) { // gone again
                channel.close();
                return;
            }
            Optional<OpenConnections.Full> full = open.enter(peer.getAddress());
            if (full.isPresent()) {
                refused.add(1);
                tell(channel, peer, full.get());
                channel.close();
                return;
            }
            channel.closeFuture().addListener(closed -> open.leave(peer.getAddress()));
            connections.add(channel);
            channel.pipeline().addLast(traffic);
            secure.run();
            adapter.connected(channel);
        }

        /** Whoever connects again and again is not to fill the log. */
        private void tell(Channel channel, InetSocketAddress peer, OpenConnections.Full full) {
            if (told.compareAndSet(false, true)) {
                channel.eventLoop().schedule(() -> told.set(false), REFUSALS_TOLD_SECONDS, TimeUnit.SECONDS);
                log.atWarn()
                        .addKeyValue("protocol", protocol)
                        .addKeyValue("client", peer.getAddress().getHostAddress())
                        .addKeyValue("reason", full.reason())
                        .addKeyValue("limit", full.limit())
                        .log("connection refused");
            }
        }
    }
}
