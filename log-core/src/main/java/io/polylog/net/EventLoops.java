package io.polylog.net;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The event loops that own every connection of the gateway. Java NIO rather than epoll: file regions go out by {@code
 * sendfile} either way, and no native library has to be loaded.
 */
public final class EventLoops implements AutoCloseable {

    private final EventLoopGroup group;

    /**
     * @param threads event loops, from 1
     */
    public EventLoops(int threads) {
        this.group = new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory("polylog-io"), NioIoHandler.newFactory());
    }

    public EventLoopGroup group() {
        return group;
    }

    /** Stops the loops; whatever is still connected is closed. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
