package io.polylog.spi;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/** One protocol behind one listener. */
public interface ProtocolAdapter extends AutoCloseable {

    /** The listener is bound, at this address; called once, off the event loops, before the first connection. */
    default void bound(InetSocketAddress address) {}

    /**
     * How many connections the listener takes in, where that can be changed while it runs; called once, before it is bound.
     *
     * @param configured what the configuration file says
     */
    default ConnectionLimits limits(ConnectionLimits configured) {
        return configured;
    }

    /** Installs the protocol's handlers into a new connection's pipeline; called on that connection's event loop. */
    void connected(Channel channel);

    /** One line for the ready message: the command a new user would try next on this port, or an empty string. */
    default String tryNext(InetSocketAddress address) {
        return "";
    }

    /** Frees what the adapter holds; all its connections are closed already. */
    @Override
    void close();
}
