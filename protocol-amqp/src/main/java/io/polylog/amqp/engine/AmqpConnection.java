package io.polylog.amqp.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.ScheduledFuture;
import io.polylog.amqp.link.AmqpLimits;
import io.polylog.amqp.link.LinkContext;
import io.polylog.amqp.link.LinkHost;
import io.polylog.amqp.link.Links;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Collector;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.engine.Transport;
import org.apache.qpid.proton.engine.impl.TransportImpl;
import org.apache.qpid.proton.framing.TransportFrame;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One AMQP 1.0 connection: its channel's last handler, with a Proton transport, connection and collector of its own.
 *
 * <p>Frames are cut, decoded and checked before Proton sees them, and handed to its transport as performatives; what
 * Proton wants to say is written straight into Netty's buffers. Proton's own input and output buffers, of a frame's size
 * each, are so never allocated. Owned by the channel's event loop from construction to {@link #channelInactive}. A fault
 * of the peer closes this connection, with the protocol's error where the protocol has got so far.
 */
public final class AmqpConnection extends ChannelInboundHandlerAdapter implements LinkHost, KeepAlive.Listener {
    private static final Logger log = LoggerFactory.getLogger(AmqpConnection.class);

    /** Time that a peer has to take note of our close before the socket goes. */
    private static final int LINGER_MS = 1_000;

    private static final int OUTPUT_CHUNK_BYTES = 16 * 1024;
    private static final int FIRST_REMOTE_MAX_FRAME_BYTES = 512;
    private static final int MAX_TRANSFERS_PER_DELIVERY = 65_535;
    private static final byte[] HEARTBEAT = {0, 0, 0, 8, 2, 0, 0, 0};

    /** Qpid JMS sends to any destination, and delays a message, only where these are offered. */
    private static final Symbol[] OFFERED = {Symbol.valueOf("ANONYMOUS-RELAY"), Symbol.valueOf("DELAYED_DELIVERY")};

    private final Channel channel;
    private final LinkContext context;
    private final WireDecoder decoder;
    private final FrameGuard guard;
    private final Handshake handshake;
    private final TransportImpl transport = (TransportImpl) Transport.Factory.create();
    private final Connection connection = Proton.connection();
    private final Collector collector = Proton.collector();
    private final KeepAlive keepAlive;
    private final Links links;
    private @Nullable ScheduledFuture<?> openDeadline;
    private boolean flushing;
    private boolean closing;
    private long inFlightBytes;

    private AmqpConnection(Channel channel, LinkContext context, WireDecoder decoder) {
        this.channel = channel;
        this.context = context;
        this.decoder = decoder;
        this.handshake = new Handshake(decoder);
        AmqpLimits limits = context.limits();
        this.guard = new FrameGuard(limits.channelMax());
        this.keepAlive = new KeepAlive(context.gateway().nanoClock(), limits.idleTimeoutMs(), this);
        transport.setEmitFlowEventOnSend(false);
        transport.setUseReadOnlyOutputBuffer(false);
        transport.setMaxFrameSize(limits.maxFrameBytes());
        transport.setInitialRemoteMaxFrameSize(FIRST_REMOTE_MAX_FRAME_BYTES);
        transport.setOutboundFrameSizeLimit(limits.maxFrameBytes());
        transport.setMaxTransfersPerDelivery(MAX_TRANSFERS_PER_DELIVERY);
        transport.setChannelMax(limits.channelMax());
        // Only announced by Proton, which halves it; we do not call its tick, KeepAlive looks at the clock.
        transport.setIdleTimeout(limits.idleTimeoutMs());
        connection.collect(collector);
        transport.bind(connection);
        this.links = new Links(context, this);
    }

    /** Installs a connection's handlers into the pipeline of a new channel; called on its event loop. */
    public static void install(Channel channel, LinkContext context) {
        WireDecoder decoder = new WireDecoder();
        AmqpConnection connection = new AmqpConnection(channel, context, decoder);
        channel.pipeline().addLast(decoder, connection);
        int timeoutMs = context.limits().openTimeoutMs();
        connection.openDeadline = channel.eventLoop().schedule(connection::notOpened, timeoutMs, TimeUnit.MILLISECONDS);
    }

    private void notOpened() {
        log.atInfo().addKeyValue("remote", channel.remoteAddress()).log("closed: no open in time");
        channel.close();
    }

    private void stopDeadline() {
        if (openDeadline != null) {
            openDeadline.cancel(false);
            openDeadline = null;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (closing) {
            return;
        }
        if (message instanceof WireInput.AmqpFrame frame) {
            frame(frame);
        } else if (message instanceof WireInput.Greeting greeting) {
            answer(handshake.greeted(greeting));
        } else if (message instanceof WireInput.SaslFrame frame) {
            answer(handshake.authenticate(frame));
        } else if (message instanceof WireInput.Fault fault) {
            fail(fault);
        }
    }

    private void answer(Handshake.Answer answer) {
        String refusal = answer.refusal();
        if (refusal != null) {
            context.protocolError();
            log.atInfo()
                    .addKeyValue("remote", channel.remoteAddress())
                    .addKeyValue("reason", refusal)
                    .log("closed: not a handshake of AMQP 1.0");
            closeAfter(answer.bytes());
        } else {
            channel.write(answer.bytes());
            flushSoon();
        }
    }

    private void frame(WireInput.AmqpFrame frame) {
        WireInput.Fault fault = guard.check(frame);
        if (fault != null) {
            fail(fault);
            return;
        }
        try {
            transport.handleFrame(new TransportFrame(frame.channel(), frame.body(), frame.payload()));
            handleEvents();
        } catch (RuntimeException unexpected) {
            log.atWarn()
                    .addKeyValue("remote", channel.remoteAddress())
                    .setCause(unexpected)
                    .log("amqp frame could not be handled");
            fail(new WireInput.Fault(AmqpError.INTERNAL_ERROR, "a frame could not be handled"));
        }
        flushSoon();
    }

    private void handleEvents() {
        for (Event event = collector.peek(); event != null; event = collector.peek()) {
            handle(event);
            collector.pop();
        }
    }

    private void handle(Event event) {
        switch (event.getType()) {
            case CONNECTION_REMOTE_OPEN -> opened();
            case CONNECTION_REMOTE_CLOSE -> closedByPeer();
            case SESSION_REMOTE_OPEN -> begin(event.getSession());
            case SESSION_REMOTE_CLOSE -> end(event.getSession());
            case LINK_REMOTE_OPEN -> links.attach(event.getLink());
            case LINK_REMOTE_DETACH, LINK_REMOTE_CLOSE -> {
                links.detached(event.getLink());
                event.getLink().free();
            }
            case LINK_FLOW -> links.flow(event.getLink());
            case DELIVERY -> links.delivery(event.getDelivery());
            case TRANSPORT_ERROR -> protonRefused();
            default -> {
                // The others tell of our own doing.
            }
        }
    }

    private void opened() {
        stopDeadline();
        decoder.maxFrameBytes(context.limits().maxFrameBytes());
        connection.setContainer("polylog-" + context.gateway().nodeId());
        connection.setProperties(Map.of(Symbol.valueOf("product"), "Polylog"));
        connection.setOfferedCapabilities(OFFERED);
        connection.open();
        keepAlive.start(channel.eventLoop(), transport.getRemoteIdleTimeout());
    }

    private void closedByPeer() {
        links.closeAll(true);
        connection.close();
        closing = true;
        flush();
        closeAfter(Unpooled.EMPTY_BUFFER);
    }

    private static void begin(Session session) {
        session.setIncomingCapacity(AmqpLimits.SESSION_CAPACITY_BYTES);
        session.open();
    }

    private void end(Session session) {
        links.ended(session);
        session.close();
        session.free();
    }

    /** Proton has found a fault of its own accord, say a window that was overrun. */
    private void protonRefused() {
        ErrorCondition condition = transport.getCondition();
        fail(
                condition == null
                        ? new WireInput.Fault(AmqpError.INTERNAL_ERROR, "the connection failed")
                        : new WireInput.Fault(condition.getCondition(), condition.getDescription()));
    }

    /** Closes the connection with an error, or without one where the peer does not speak AMQP yet. */
    private void fail(WireInput.Fault fault) {
        if (closing) {
            return;
        }
        closing = true;
        decoder.expectNothing();
        links.closeAll(false);
        context.protocolError();
        log.atInfo()
                .addKeyValue("remote", channel.remoteAddress())
                .addKeyValue("condition", fault.condition())
                .addKeyValue("reason", fault.sentence())
                .log("amqp connection closed for a fault");
        if (handshake.amqpBegun()) {
            connection.setContainer("polylog-" + context.gateway().nodeId());
            // With a condition set the transport writes an open, if none was sent yet, and a close: part 2, §2.4.3.
            transport.setCondition(new ErrorCondition(fault.condition(), fault.sentence()));
            flush();
        }
        closeAfter(Unpooled.EMPTY_BUFFER);
    }

    /** Sends the last bytes, then closes; the peer gets a moment to read them, since a reset would take them away. */
    private void closeAfter(ByteBuf last) {
        closing = true;
        keepAlive.stop();
        stopDeadline();
        decoder.expectNothing();
        channel.config().setAutoRead(true);
        channel.writeAndFlush(last).addListener(written -> {
            if (channel instanceof DuplexChannel duplex && channel.isActive()) {
                duplex.shutdownOutput();
                channel.eventLoop().schedule(() -> channel.close(), LINGER_MS, TimeUnit.MILLISECONDS);
            } else {
                channel.close();
            }
        });
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        keepAlive.read();
        if (flushing) {
            flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable() && !closing) {
            links.resume();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        keepAlive.stop();
        stopDeadline();
        if (!closing) {
            closing = true;
            links.closeAll(false);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.atDebug()
                .addKeyValue("remote", channel.remoteAddress())
                .setCause(cause)
                .log("amqp connection broke");
        ctx.close();
    }

    @Override
    public void beat() {
        channel.writeAndFlush(Unpooled.wrappedBuffer(HEARTBEAT));
        keepAlive.written();
    }

    @Override
    public void silent() {
        fail(new WireInput.Fault(AmqpError.RESOURCE_LIMIT_EXCEEDED, "the idle time-out has passed"));
    }

    @Override
    public Executor loop() {
        return channel.eventLoop();
    }

    @Override
    public boolean hasRoom() {
        return channel.isWritable();
    }

    @Override
    public String containerId() {
        String id = connection.getRemoteContainer();
        return id == null ? "" : id;
    }

    @Override
    public void inFlight(long deltaBytes) {
        boolean wasOver = inFlightBytes > AmqpLimits.MAX_IN_FLIGHT_BYTES;
        inFlightBytes += deltaBytes;
        boolean isOver = inFlightBytes > AmqpLimits.MAX_IN_FLIGHT_BYTES;
        if (wasOver != isOver && !closing) {
            channel.config().setAutoRead(!isOver);
        }
    }

    @Override
    public void flushSoon() {
        if (!flushing) {
            flushing = true;
            channel.eventLoop().execute(this::flushIfDue);
        }
    }

    private void flushIfDue() {
        if (flushing) {
            flush();
        }
    }

    /** Writes what Proton has to say. Links may say more as room comes free, so this goes on until nothing is left. */
    private void flush() {
        flushing = false;
        if (!channel.isActive()) {
            return;
        }
        if (!closing) {
            links.endOfBurst();
            handleEvents();
        }
        boolean wrote = false;
        while (handshake.amqpBegun() && writeChunk()) {
            wrote = true;
        }
        channel.flush();
        if (wrote) {
            keepAlive.written();
            if (!closing && channel.isWritable()) {
                links.resume();
            }
        }
    }

    private boolean writeChunk() {
        ByteBuf chunk = channel.alloc().ioBuffer(OUTPUT_CHUNK_BYTES);
        ByteBuffer target = chunk.internalNioBuffer(0, chunk.writableBytes());
        int start = target.position();
        transport.writeInto(target);
        int written = target.position() - start;
        if (written == 0) {
            chunk.release();
            return false;
        }
        chunk.writerIndex(written);
        channel.write(chunk);
        return true;
    }
}
