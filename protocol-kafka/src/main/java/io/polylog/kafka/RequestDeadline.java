package io.polylog.kafka;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import io.polylog.kafka.codec.FrameDecoder;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections whose peer does not get on with what it has to say, however regularly it drips a byte. The first
 * request, or where it is asked for the proof of who it is, must be there within the timeout, counted from the connecting. Of a later one that has begun, {@link
 * #LEAST_BYTES} or the rest of it must come in each such span; spans in which the gateway did not read count from when it
 * took that up again.
 *
 * <p>Owned by the connection's event loop. Requests that come whole cost nothing: a look is due only while part of one is
 * there.
 */
final class RequestDeadline extends ChannelInboundHandlerAdapter {

    /** What must come of a request in each span, unless that ends it. */
    static final int LEAST_BYTES = 64 << 10;

    private static final Logger log = LoggerFactory.getLogger(RequestDeadline.class);

    private final FrameDecoder frames;
    private final int timeoutMs;
    private FrameDecoder.Progress last = FrameDecoder.Progress.NONE;
    private @Nullable ScheduledFuture<?> look;

    /**
     * @param frames of the same connection, before this handler
     * @param timeoutMs from 1
     */
    RequestDeadline(FrameDecoder frames, int timeoutMs) {
        this.frames = frames;
        this.timeoutMs = timeoutMs;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        schedule(context);
        context.fireChannelActive();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (look == null && frames.progress().gathering()) {
            schedule(context);
        }
        context.fireChannelReadComplete();
    }

    private void schedule(ChannelHandlerContext context) {
        last = frames.progress();
        look = context.executor().schedule(() -> look(context), timeoutMs, TimeUnit.MILLISECONDS);
    }

    private void look(ChannelHandlerContext context) {
        look = null;
        FrameDecoder.Progress now = frames.progress();
        boolean reads = context.channel().config().isAutoRead();
        if (!frames.isPeerUnderstood() || (reads && now.isStuckSince(last, LEAST_BYTES))) {
            log.atInfo()
                    .addKeyValue("client", context.channel().remoteAddress())
                    .log("closed: no whole request in time");
            context.close();
        } else if (now.gathering()) {
            schedule(context);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (look != null) {
            look.cancel(false);
        }
        context.fireChannelInactive();
    }
}
