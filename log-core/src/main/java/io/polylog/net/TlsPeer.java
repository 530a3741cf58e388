package io.polylog.net;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;

/** What TLS says about the other side of a connection. Asked on its event loop, after its first bytes have come. */
public final class TlsPeer {

    private TlsPeer() {}

    /** Whether nobody between the two can read along. */
    public static boolean encrypted(Channel channel) {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    /** The subject of the certificate that the client has shown and that was found good, such as {@code CN=anna,O=x}. */
    public static Optional<String> subject(Channel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(handler.engine().getSession().getPeerPrincipal().getName());
        } catch (SSLPeerUnverifiedException none) {
            return Optional.empty();
        }
    }
}
