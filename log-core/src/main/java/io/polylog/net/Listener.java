package io.polylog.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.polylog.metric.Meters;
import io.polylog.spi.ProtocolAdapter;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One bound port that hands its connections to a protocol adapter.
 *
 * <p>Bound by {@link #bind}; {@link #close} stops accepting, closes every connection, then the adapter. May be called
 * from any thread but an event loop. Connections beyond the limit are closed as soon as they are accepted.
 */
public final class Listener implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Listener.class);

    private final String protocol;
    private final ProtocolAdapter adapter;
    private final ChannelGroup connections;
    private final Channel server;

    private Listener(String protocol, ProtocolAdapter adapter, ChannelGroup connections, Channel server) {
        this.protocol = protocol;
        this.adapter = adapter;
        this.connections = connections;
        this.server = server;
    }

    /**
     * Binds and starts accepting. The adapter belongs to the listener from here on, and is closed if binding fails.
     *
     * @param maxConnections connections at a time, from 1
     * @throws IOException if the port cannot be bound; a {@link BindException} if it is in use
     */
    public static Listener bind(
            String protocol,
            InetSocketAddress address,
            int maxConnections,
            ProtocolAdapter adapter,
            EventLoops loops,
            Meters meters)
            throws IOException {
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        Acceptor acceptor = new Acceptor(protocol, adapter, connections, maxConnections, meters);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 * 1024, 256 * 1024))
                .childHandler(acceptor);
        Channel server;
        try {
            server = bootstrap.bind(address).syncUninterruptibly().channel();
            adapter.bound((InetSocketAddress) server.localAddress());
            server.config().setAutoRead(true);
        } catch (Exception failure) { // Netty throws the checked cause unwrapped
            adapter.close();
            throw failure instanceof IOException io ? io : new IOException(failure.getMessage(), failure);
        }
        return new Listener(protocol, adapter, connections, server);
    }

    public String protocol() {
        return protocol;
    }

    /** The bound address; its port is the real one if port 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    public ProtocolAdapter adapter() {
        return adapter;
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        connections.close().syncUninterruptibly();
        adapter.close();
    }

    private static final class Acceptor extends ChannelInitializer<Channel> {
        private final String protocol;
        private final ProtocolAdapter adapter;
        private final int maxConnections;
        private final Meters.Counter refused;
        private final Traffic traffic;
        private final ChannelGroup connections;

        Acceptor(
                String protocol, ProtocolAdapter adapter, ChannelGroup connections, int maxConnections, Meters meters) {
            this.protocol = protocol;
            this.adapter = adapter;
            this.connections = connections;
            this.maxConnections = maxConnections;
            this.traffic = new Traffic(protocol, meters);
            this.refused = meters.counter("polylog_connections_refused_total", "protocol", protocol);
            meters.gauge("polylog_connections", () -> connections.size(), "protocol", protocol);
        }

        @Override
        protected void initChannel(Channel channel) {
            if (connections.size() >= maxConnections) {
                refused.add(1);
                log.atWarn()
                        .addKeyValue("protocol", protocol)
                        .addKeyValue("limit", maxConnections)
                        .log("connection refused: too many connections");
                channel.close();
                return;
            }
            connections.add(channel);
            channel.pipeline().addLast(traffic);
            adapter.connected(channel);
        }
    }
}
