package io.polylog.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: reads a request, answers it, and only then reads the next (RFC 9112 §9.3.2 allows pipelining, and asks
 * for answers in order). Owned by the connection's event loop.
 *
 * <p>A request must be complete, and a response taken, within the idle timeout each; a peer that drips a byte now and
 * then is closed like a silent one. Whatever is not HTTP/1.x is answered with 400 and closed.
 */
final class HttpConnection extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);

    private final Responder responder;
    private final HttpMeters counts;
    private final int idleTimeoutMs;
    private @Nullable ScheduledFuture<?> deadline;

    HttpConnection(Responder responder, HttpMeters counts, int idleTimeoutMs) {
        this.responder = responder;
        this.counts = counts;
        this.idleTimeoutMs = idleTimeoutMs;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        restartDeadline(context);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        context.channel().config().setAutoRead(false); // until this one is answered
        restartDeadline(context);
        counts.requests().add(1);
        Reply refusal = refusal(request);
        if (refusal != null) {
            counts.errors().add(1);
            write(context, refusal, false);
            return;
        }
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        answer(request).thenAcceptAsync(found -> write(context, found, keepAlive), context.executor());
    }

    /** Why the request cannot even be looked at, or null. After such an answer the connection is closed. */
    private static @Nullable Reply refusal(FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            Throwable cause = request.decoderResult().cause();
            if (cause instanceof TooLongHttpLineException) {
                return Reply.sentence(
                        HttpResponseStatus.REQUEST_URI_TOO_LONG,
                        "The request line is longer than " + HttpAdapter.MAX_LINE_BYTES + " bytes.");
            }
            if (cause instanceof TooLongHttpHeaderException) {
                return Reply.sentence(
                        HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                        "The request's headers are longer than " + HttpAdapter.MAX_HEADER_BYTES + " bytes.");
            }
            return Reply.sentence(HttpResponseStatus.BAD_REQUEST, "This is not an HTTP/1.1 request.");
        }
        if (request.protocolVersion().majorVersion() != 1) {
            return Reply.sentence(
                    HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
        }
        // RFC 9112 §3.2: exactly one Host field, or 400.
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && request.protocolVersion().equals(HttpVersion.HTTP_1_1))) {
            return Reply.sentence(HttpResponseStatus.BAD_REQUEST, "A request needs exactly one Host header.");
        }
        return null;
    }

    private CompletionStage<Reply> answer(FullHttpRequest request) {
        Optional<RequestTarget> parsed = RequestTarget.parse(request.uri());
        if (parsed.isEmpty()) {
            return CompletableFuture.completedFuture(
                    Reply.sentence(HttpResponseStatus.BAD_REQUEST, "The request's target is not a path."));
        }
        RequestTarget target = parsed.get();
        String allowed = responder.allowed(target);
        if (!allowed.isEmpty()
                && !List.of(allowed.split(", ")).contains(request.method().name())) {
            return CompletableFuture.completedFuture(Reply.notAllowed(allowed));
        }
        String host = request.headers().get(HttpHeaderNames.HOST, "localhost"); // HTTP/1.0 need not send one
        if (responder.isPrivate(target) && !LocalHost.isLocal(host)) {
            return CompletableFuture.completedFuture(Reply.sentence(
                    HttpResponseStatus.FORBIDDEN,
                    "This is for this machine: ask with localhost, 127.0.0.1 or [::1] as the host."));
        }
        return responder.answer(target);
    }

    private void write(ChannelHandlerContext context, Reply reply, boolean keepAlive) {
        byte[] body = reply.bytes();
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, reply.status(), Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        if (!reply.allow().isEmpty()) {
            response.headers().set(HttpHeaderNames.ALLOW, reply.allow());
        }
        response.headers()
                .set(HttpHeaderNames.CONNECTION, keepAlive ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
        var written = context.writeAndFlush(response);
        if (keepAlive) {
            written.addListener(future -> {
                if (future.isSuccess()) {
                    awaitRequest(context);
                } else {
                    context.close();
                }
            });
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void awaitRequest(ChannelHandlerContext context) {
        restartDeadline(context);
        context.channel().config().setAutoRead(true);
    }

    private void restartDeadline(ChannelHandlerContext context) {
        stopDeadline();
        deadline = context.executor().schedule(() -> context.close(), idleTimeoutMs, TimeUnit.MILLISECONDS);
    }

    private void stopDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopDeadline();
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        log.atDebug()
                .addKeyValue("peer", context.channel().remoteAddress())
                .setCause(cause)
                .log("connection failed");
        context.close();
    }
}
