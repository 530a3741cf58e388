package io.polylog.net;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.polylog.metric.Meters;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between TLS and the protocol: a handshake that fails is one line in the log and ends the connection, and pieces
 * of files, which the kernel cannot encrypt, become bytes on their way out. Any event loop.
 */
@Sharable
final class Handshakes extends ChannelDuplexHandler {

    private static final Logger log = LoggerFactory.getLogger(Handshakes.class);

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
            failed.add(1);
            log.atWarn()
                    .addKeyValue("protocol", protocol)
                    .addKeyValue("client", context.channel().remoteAddress())
                    .addKeyValue("reason", reason(handshake.cause()))
                    .log("TLS handshake failed: connection closed");
            context.close();
        }
        context.fireUserEventTriggered(event);
    }

    /** What TLS fails with is told by the handshake; after it, a broken record ends the connection just as well. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        Throwable cause =
                failure instanceof DecoderException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof SSLException) {
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
