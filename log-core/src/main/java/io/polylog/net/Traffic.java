package io.polylog.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.polylog.metric.Meters;

/** Counts the bytes of all connections of one listener, next to their sockets. Any event loop. */
@Sharable
final class Traffic extends ChannelDuplexHandler {

    private final Meters.Counter bytesIn;
    private final Meters.Counter bytesOut;

    Traffic(String protocol, Meters meters) {
        this.bytesIn = meters.counter("polylog_bytes_in_total", "protocol", protocol);
        this.bytesOut = meters.counter("polylog_bytes_out_total", "protocol", protocol);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes) {
            bytesIn.add(bytes.readableBytes());
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            bytesOut.add(bytes.readableBytes());
        } else if (message instanceof FileRegion region) {
            bytesOut.add(region.count());
        }
        context.write(message, promise);
    }
}
