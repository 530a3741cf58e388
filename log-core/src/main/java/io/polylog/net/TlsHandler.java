package io.polylog.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;

/** TLS on one connection, owned by its event loop. */
final class TlsHandler extends SslHandler {

    private boolean heard;

    /**
     * @param steps for the costly ones of a handshake
     */
    TlsHandler(SSLEngine engine, Executor steps) {
        super(engine, steps);
    }

    /** Whether the peer has said anything at all, as one does not who only looks whether the port is open. */
    boolean hasHeard() {
        return heard;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        heard = true;
        super.channelRead(context, message);
    }

    /** A step of a handshake may fail after its connection is gone; then there is nobody left whom that concerns. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) throws Exception {
        if (!context.isRemoved()) {
            super.exceptionCaught(context, failure);
        }
    }
}
