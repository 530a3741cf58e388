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

    /** Sends a message and prints the first that comes back, which may be what another protocol has put there. */
    @Override
    public String tryNext(InetSocketAddress address) {
        return "npm i --silent rhea && node -e \"const c=require('rhea').connect({host:'"
                + address.getAddress().getHostAddress() + "',port:" + address.getPort()
                + "});c.open_receiver('demo');"
                + "c.open_sender('demo').once('sendable',e=>e.sender.send({body:'hello'}));"
                + "c.on('message',e=>{const b=e.message.body;console.log(String(b.content??b));c.close()})\"";
    }

    @Override
    public void close() {
        // Connections are gone by now, and with them all that this adapter held.
    }
}
