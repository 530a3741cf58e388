package io.polylog.amqp;

import io.netty.channel.Channel;
import io.polylog.amqp.engine.AmqpConnection;
import io.polylog.amqp.link.AmqpLimits;
import io.polylog.amqp.link.LinkContext;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.ProtocolAdapter;
import java.net.InetSocketAddress;

/** AMQP 1.0 behind one listener. Any thread; each connection is owned by its event loop. */
final class AmqpAdapter implements ProtocolAdapter {
    private final LinkContext links;

    AmqpAdapter(AdapterContext context, AmqpLimits limits) {
        this.links = new LinkContext(context, limits);
    }

    @Override
    public void connected(Channel channel) {
        AmqpConnection.install(channel, links);
    }

    @Override
    public String tryNext(InetSocketAddress address) {
        return "npx -y -p rhea node -e \"require('rhea').connect({port:" + address.getPort()
                + "}).open_receiver('orders')\"";
    }

    @Override
    public void close() {
        // Connections are gone by now, and with them all that this adapter held.
    }
}
