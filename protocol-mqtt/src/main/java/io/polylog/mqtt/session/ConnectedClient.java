package io.polylog.mqtt.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.polylog.mqtt.codec.OutboundPublish;
import io.polylog.mqtt.codec.OutboundPublish.Form;
import java.util.Optional;

/**
 * A connection after its CONNECT: the client's session, its publishes and its will, and the writing that they share. Owned
 * by the connection's event loop.
 */
final class ConnectedClient implements Session.Link {

    /** MQTT 5 §3.14.2.1: the only reason that leaves the will unpublished. */
    private static final byte NORMAL_DISCONNECTION = 0;

    private final Sessions sessions;
    private final ChannelHandlerContext ctx;
    private final Handshake handshake;
    private final Runnable onTakenOver;
    private final Shard shard;
    private final Session session;
    private final InboundWindow inbound;
    private final PublishReceiver publishes;
    private final Subscriber subscriber;
    private Optional<Will> will;
    private boolean flushScheduled;

    /** What a client tells the connection it came by. */
    interface Events extends PublishReceiver.Events {
        /** Another connection has come with the same client identifier; called from any thread. */
        void takenOver();
    }

    ConnectedClient(Sessions sessions, ChannelHandlerContext ctx, Handshake handshake, Events events) {
        this.sessions = sessions;
        this.ctx = ctx;
        this.handshake = handshake;
        this.onTakenOver = events::takenOver;
        this.will = handshake.will();
        MqttLimits limits = sessions.limits();
        boolean mqtt5 = handshake.mqtt5();
        this.shard = sessions.shard(ctx.channel().eventLoop());
        int windowSize = Math.min(handshake.receiveMaximum(), limits.maxInflight());
        this.session = new Session(handshake.clientId(), mqtt5, shard, this, windowSize);
        this.inbound = new InboundWindow(
                limits.receiveMaximum(),
                limits.publishBytesInFlight(),
                (packetId, reason) -> writeSoon(Replies.pubAck(mqtt5, packetId, reason)));
        this.publishes =
                new PublishReceiver(sessions, session, mqtt5, ctx.channel().eventLoop(), inbound, events);
        this.subscriber = new Subscriber(session, shard, mqtt5, limits.maxSubscriptions());
    }

    Session session() {
        return session;
    }

    int keepAliveSeconds() {
        return handshake.keepAliveSeconds();
    }

    boolean askedForSession() {
        return handshake.askedForSession();
    }

    void publish(MqttPublishMessage packet) {
        publishes.receive(packet);
    }

    /** Whether so much is on its way to the log that reading should stop. */
    boolean isBacklogged() {
        return inbound.isFull();
    }

    boolean hasEased() {
        return inbound.hasEased();
    }

    boolean hasPublishesUnderWay() {
        return !inbound.isEmpty();
    }

    void subscribe(MqttSubscribeMessage packet) {
        ctx.write(Replies.subAck(packet.variableHeader().messageId(), subscriber.subscribe(packet)), ctx.voidPromise());
    }

    void unsubscribe(MqttUnsubscribeMessage packet) {
        ctx.write(
                Replies.unsubAck(
                        handshake.mqtt5(), packet.variableHeader().messageId(), subscriber.unsubscribe(packet)),
                ctx.voidPromise());
    }

    /** The client has said goodbye. */
    void disconnected(byte reasonCode) {
        if (reasonCode == NORMAL_DISCONNECTION) {
            will = Optional.empty(); // MQTT-3.14.4-3
        }
    }

    /** The connection is gone. */
    void close() {
        sessions.release(session);
        shard.close(session);
        will.ifPresent(publishes::receive);
        will = Optional.empty();
    }

    /** Written at once, flushed when the event loop has read what there is to read. */
    void write(ByteBuf packet) {
        ctx.write(packet, ctx.voidPromise());
    }

    /** Written at once, flushed after the other tasks that wait by now: many acknowledgements leave together. */
    private void writeSoon(ByteBuf packet) {
        write(packet);
        if (!flushScheduled) {
            flushScheduled = true;
            ctx.channel().eventLoop().execute(() -> {
                flushScheduled = false;
                ctx.flush();
            });
        }
    }

    @Override
    public boolean isWritable() {
        return ctx.channel().isWritable();
    }

    @Override
    public boolean accepts(long packetBytes) {
        if (packetBytes <= handshake.maxPacketBytes()) {
            return true;
        }
        sessions.oversized().add(1); // as if it had been delivered, MQTT-3.1.2-25
        return false;
    }

    @Override
    public void send(OutboundPublish packet, Form form, int packetId) {
        sessions.messagesOut().add(1);
        packet.write(ctx, form, packetId);
    }

    @Override
    public void flush() {
        ctx.flush();
    }

    @Override
    public void takenOver() {
        onTakenOver.run();
    }
}
