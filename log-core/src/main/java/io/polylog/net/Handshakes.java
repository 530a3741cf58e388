package io.polylog.net;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AttributeKey;
import io.polylog.metric.Meters;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Stands between TLS and the protocol: a handshake that fails, or what breaks TLS after it, is one line in the log and ends
 * the connection; and pieces of files, which the kernel cannot encrypt, become bytes on their way out. Any event loop.
 */
@Sharable
final class Handshakes extends ChannelDuplexHandler {

    private static final Logger log = LoggerFactory.getLogger(Handshakes.class);

    /** On connections of whose end the log tells already. */
    private static final AttributeKey<Boolean> TOLD = AttributeKey.valueOf(Handshakes.class, "told");

    private final String protocol;
    private final Meters.Counter failed;

    Handshakes(String protocol, Meters meters) {
        this.protocol = protocol;
        this.failed = meters.counter("polylog_tls_handshakes_failed_total", "protocol", protocol);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        context.write(message instanceof FileRegion region ? new RegionChunks(region) : message, promise);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            if (isWorthTelling(context, handshake.cause())) {
                failed.add(1);
                tell(Level.WARN, context, handshake.cause(), "TLS handshake failed: connection closed");
            }
            context.close();
        }
        context.fireUserEventTriggered(event);
    }

    /** Peers that come and go without a word are not: they look whether the port is open. */
    private static boolean isWorthTelling(ChannelHandlerContext context, Throwable failure) {
        return !(failure instanceof ClosedChannelException) || tls(context).hasHeard();
    }

    private static TlsHandler tls(ChannelHandlerContext context) {
        return context.pipeline().get(TlsHandler.class);
    }

    /** The protocol has had enough of its peer, and has said why. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        context.channel().attr(TOLD).set(true);
        context.close(promise);
    }

    private void tell(Level level, ChannelHandlerContext context, Throwable failure, String what) {
        if (!context.channel().hasAttr(TOLD)) {
            context.channel().attr(TOLD).set(true);
            log.atLevel(level)
                    .addKeyValue("protocol", protocol)
                    .addKeyValue("client", context.channel().remoteAddress())
                    .addKeyValue("reason", reason(failure))
                    .log(what);
        }
    }

    /** What TLS fails with is told by the handshake; after it, a broken record ends the connection just as well. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        Throwable cause =
                failure instanceof DecoderException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof SSLException) {
            if (tls(context).handshakeFuture().isSuccess()) {
                tell(Level.INFO, context, cause, "TLS broken: connection closed");
            }
            context.close();
        } else {
            context.fireExceptionCaught(failure);
        }
    }

    /** Never the message of a record that is none: it quotes the bytes. */
    private static String reason(Throwable failure) {
        if (failure instanceof NotSslRecordException) {
            return "not TLS; a client that speaks it plainly?";
        }
        if (failure instanceof ClosedChannelException) {
            return "connection closed during the handshake";
        }
        return String.valueOf(failure.getMessage()).replaceAll("\\p{Cntrl}", "?");
    }
}
