package io.polylog.kafka.call;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.polylog.group.Caller;
import io.polylog.kafka.codec.Request;
import io.polylog.kafka.sasl.Login;
import io.polylog.net.TlsPeer;
import io.polylog.security.Subject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One request and the connection it came on. Belongs to the connection's event loop. */
public final class Call {

    private final Request request;
    private final Channel channel;
    private final Login login;
    private final ProduceLane lane;
    private @Nullable Runnable abandon;
    private volatile int muteMs;

    /**
     * @param login the connection's own
     * @param lane the connection's own
     */
    public Call(Request request, Channel channel, Login login, ProduceLane lane) {
        this.request = Objects.requireNonNull(request, "request");
        this.channel = Objects.requireNonNull(channel, "channel");
        this.login = Objects.requireNonNull(login, "login");
        this.lane = Objects.requireNonNull(lane, "lane");
    }

    public Request request() {
        return request;
    }

    public short version() {
        return request.version();
    }

    public EventLoop eventLoop() {
        return channel.eventLoop();
    }

    /** The connection, as the owner of what lasts longer than this call. */
    public Channel channel() {
        return channel;
    }

    public Login login() {
        return login;
    }

    /** Who asks, and from where. */
    public Subject subject() {
        return new Subject(login.principal(), address(channel.remoteAddress()).getHostAddress());
    }

    public ProduceLane lane() {
        return lane;
    }

    /** The address the client reached us at. */
    InetAddress localAddress() {
        return address(channel.localAddress());
    }

    /** The port the client reached us at. */
    int localPort() {
        return channel.localAddress() instanceof InetSocketAddress known ? known.getPort() : 0;
    }

    public boolean encrypted() {
        return TlsPeer.encrypted(channel);
    }

    public Caller caller() {
        return new Caller(request.clientId(), address(channel.remoteAddress()), version());
    }

    /** A connection lost just now has no address any more; nobody will see the answer. */
    private static InetAddress address(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress known && known.getAddress() != null
                ? known.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    /**
     * The client is to be heard no more for a while, the longest that it is told, once it has its answer. Any thread, one at a
     * time, before that.
     */
    public void mute(int forMs) {
        muteMs = Math.max(muteMs, forMs);
    }

    /** How long the connection is not to be read after the answer, in milliseconds; mostly 0. */
    public int muteMs() {
        return muteMs;
    }

    /** What a handler that waits does when the connection is lost; at most one action, run once on the event loop. */
    public void onAbandon(Runnable action) {
        abandon = action;
    }

    /** The connection is gone: ends the waiting of whoever works on this call. */
    public void abandon() {
        Runnable action = abandon;
        abandon = null;
        if (action != null) {
            action.run();
        }
    }
}
