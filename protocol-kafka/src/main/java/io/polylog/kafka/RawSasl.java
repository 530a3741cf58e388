package io.polylog.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.polylog.kafka.handler.SaslAuthenticateHandler;
import io.polylog.kafka.sasl.Login;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Tokens that come bare, as they did before SaslAuthenticate: a length and the token, and the challenge likewise. Who
 * fails is closed after a while, without a word. Owned by the channel's event loop.
 */
final class RawSasl extends ChannelInboundHandlerAdapter {

    private final Login login;

    RawSasl(Login login) {
        this.login = login;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!login.expectsRawToken()) {
            context.fireChannelRead(message);
            return;
        }
        ByteBuffer frame = (ByteBuffer) message;
        byte[] token = new byte[frame.remaining()];
        frame.get(token);
        login.step(token).whenComplete((step, failure) -> {
            if (failure == null) {
                byte[] challenge = step.challenge();
                ByteBuf answer = context.alloc().buffer(Integer.BYTES + challenge.length);
                context.writeAndFlush(answer.writeInt(challenge.length).writeBytes(challenge))
                        .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            } else {
                context.executor()
                        .schedule(
                                () -> context.close(), SaslAuthenticateHandler.FAILURE_DELAY_MS, TimeUnit.MILLISECONDS);
            }
        });
    }
}
