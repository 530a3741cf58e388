package io.polylog.mqtt.session;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose last packet should arrive. Closing at once while the peer still sends would reset the
 * connection, and the reset overtakes the packet; so only our direction ends at first, and what comes is thrown away.
 */
final class Farewell {

    /** How long the peer may take to notice. */
    private static final long LINGER_MS = 1000;

    private Farewell() {}

    /** On the channel's event loop, after the last packet was written. */
    static void say(Channel channel) {
        if (!(channel instanceof DuplexChannel duplex) || !channel.isActive()) {
            channel.close();
            return;
        }
        channel.config().setAutoRead(true);
        duplex.shutdownOutput();
        Future<?> timeout = channel.eventLoop().schedule(() -> channel.close(), LINGER_MS, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> timeout.cancel(false));
    }
}
