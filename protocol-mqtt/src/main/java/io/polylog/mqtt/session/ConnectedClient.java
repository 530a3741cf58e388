package io.polylog.mqtt.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.polylog.metric.Tap;
import io.polylog.mqtt.codec.OutboundPublish;
import io.polylog.mqtt.codec.OutboundPublish.Form;
import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.mqtt.session.Handshakes.Due;
import io.polylog.mqtt.session.OutboundWindow.Ending;
import io.polylog.mqtt.session.OutboundWindow.Entry;
import io.polylog.record.TopicPartition;
import io.polylog.session.Attachment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A connection after its CONNECT: the client's session, its publishes and its will, and the writing that they share. Owned
 * by the connection's event loop.
 */
final class ConnectedClient implements Session.Link {

    private final Sessions sessions;
    private final ChannelHandlerContext ctx;
    private final Handshake handshake;
    private final Opening opening;
    private final Optional<Attachment> attachment;
    private final Shard shard;
    private final Session session;
    private final InboundWindow inbound;
    private final Tap tap;
    private final Receipts receipts = new Receipts();
    private final PublishReceiver publishes;
    private final Subscriber subscriber;
    private long sessionExpirySeconds;
    private boolean willStands = true;
    private boolean closed;
    private boolean flushScheduled;

    /** What a client tells the connection it came by. */
    interface Events extends PublishReceiver.Events {
        /** The session could not be written down. */
        void journalFailed();
    }

    ConnectedClient(
            Sessions sessions,
            ChannelHandlerContext ctx,
            Handshake handshake,
            Opening opening,
            Optional<Attachment> attachment,
            Events events) {
        this.sessions = sessions;
        this.tap = new Tap(sessions.flows());
        this.ctx = ctx;
        this.handshake = handshake;
        this.opening = opening;
        this.attachment = attachment;
        this.sessionExpirySeconds = handshake.sessionExpirySeconds();
        MqttLimits limits = sessions.limits();
        boolean mqtt5 = handshake.mqtt5();
        this.shard = sessions.shard(ctx.channel().eventLoop());
        int windowSize = Math.min(handshake.receiveMaximum(), limits.maxInflight());
        OutboundWindow window = new OutboundWindow(windowSize, sessions.inFlight());
        this.session = new Session(handshake.clientId(), mqtt5, shard, this, window);
        this.inbound = new InboundWindow(limits.receiveMaximum(), limits.publishBytesInFlight(), this::acknowledge);
        this.publishes = new PublishReceiver(
                sessions,
                session,
                mqtt5,
                ctx.channel().eventLoop(),
                inbound,
                new ReceivedOnce(sessions, session, receipts),
                this::writeSoon,
                events);
        this.subscriber = new Subscriber(session, shard, mqtt5, limits.maxSubscriptions(), sessions.context());
        attachment.ifPresent(kept -> restore(kept, events));
    }

    private void restore(Attachment kept, Events events) {
        SessionJournal journal = new SessionJournal(
                sessions.context().sessions(),
                kept,
                ctx.channel().eventLoop(),
                session.window(),
                partition -> shard.positionOf(session, partition),
                events::journalFailed);
        if (handshake.sessionExpirySeconds() > 0) {
            session.keepIn(journal); // otherwise nothing of it outlives the connection
        }
        kept.rows().forEach(receipts::restore);
        shard.restore(session, journal, kept.rows());
        subscriber.restoreShared(kept.rows());
    }

    /** Answers the CONNECT, and takes up what an earlier connection left. */
    void begin() {
        boolean present = attachment.isPresent() && attachment.get().present();
        ctx.write(Replies.accepted(present, handshake.acceptance()), ctx.voidPromise());
        session.redeliver();
        ctx.flush();
    }

    Session session() {
        return session;
    }

    int keepAliveSeconds() {
        return handshake.keepAliveSeconds();
    }

    void publish(MqttPublishMessage packet) {
        publishes.receive(packet);
    }

    /** PUBREL. */
    void release(int packetId) {
        publishes.release(packetId);
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
        int packetId = packet.variableHeader().messageId();
        subscriber.subscribe(
                packet,
                codes -> onceKept(() -> {
                    ctx.write(Replies.subAck(packetId, codes), ctx.voidPromise());
                    subscriber.sendRetained();
                    ctx.flush();
                }));
    }

    void unsubscribe(MqttUnsubscribeMessage packet) {
        List<ReasonCode> codes = subscriber.unsubscribe(packet);
        int packetId = packet.variableHeader().messageId();
        onceKept(() -> {
            ctx.write(Replies.unsubAck(handshake.mqtt5(), packetId, codes), ctx.voidPromise());
            ctx.flush();
        });
    }

    /** Runs once the session's changes up to now are durable; at once if it keeps none. */
    private void onceKept(Runnable then) {
        Optional<SessionJournal> journal = session.journal();
        if (journal.isPresent()) {
            journal.get().sync(then);
        } else {
            then.run();
        }
    }

    /**
     * The client has said goodbye.
     *
     * @param normally whether it takes its will back
     * @param expirySeconds replaces what CONNECT asked for; negative to leave it
     * @return false if the client asks for a session to last that was not to (MQTT 5 §3.14.2.2.2)
     */
    boolean disconnected(boolean normally, long expirySeconds) {
        if (expirySeconds > 0 && handshake.sessionExpirySeconds() == 0) {
            return false;
        }
        if (expirySeconds >= 0) {
            sessionExpirySeconds = Handshake.limited(expirySeconds, sessions.limits());
        }
        willStands = !normally; // MQTT-3.14.4-3
        return true;
    }

    /** The connection is gone. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        long expiryMs = Handshake.expiryMs(sessionExpirySeconds);
        Map<Entry, Due> adopted = session.handshakes().adopt();
        session.shared().values().forEach(SharedSubscription::close);
        Optional<SessionJournal> journal = session.journal();
        if (journal.isPresent()) {
            journal.get()
                    .close(
                            shard.partitionsOf(session),
                            rest -> opening.depart(
                                    attachment,
                                    expiryMs,
                                    willStands,
                                    rest.orElse(List.of()),
                                    end(adopted, rest.isPresent(), journal.get())));
        } else {
            // MQTT-4.8.2-5: with its session a QoS 2 delivery ends, for everybody
            opening.depart(attachment, expiryMs, willStands, List.of(), end(adopted, true, null));
        }
        shard.close(session);
        session.window().close();
    }

    /**
     * Tells share groups what has become of their QoS 2 deliveries, once the session is written, or cannot be.
     *
     * @param whole whether everything up to now could be written
     * @param journal null if there is nothing to write
     */
    private static Optional<Departure.Heirs> end(
            Map<Entry, Due> adopted, boolean whole, @Nullable SessionJournal journal) {
        if (adopted.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(written -> CompletableFuture.allOf(adopted.entrySet().stream()
                .map(one -> {
                    boolean known = (whole && written)
                            || (journal != null
                                    && journal.isDurable(one.getKey().packetId()));
                    Due due = one.getValue();
                    boolean forgotten = !known && due.ending() == Ending.ACCEPTED;
                    return due.settler()
                            .settled(forgotten ? Ending.FORGOTTEN : due.ending())
                            .toCompletableFuture();
                })
                .toArray(CompletableFuture[]::new)));
    }

    @Override
    public void write(ByteBuf packet) {
        ctx.write(packet, ctx.voidPromise());
    }

    private void acknowledge(int packetId, int qos, PublishOutcome outcome) {
        MqttMessageType type = qos == 1 ? MqttMessageType.PUBACK : MqttMessageType.PUBREC;
        Optional<String> sentence = outcome.sentence()
                .filter(text -> handshake.wantsSentences() && Replies.sizeWith(text) <= handshake.maxPacketBytes());
        if (sentence.isPresent()) {
            writeSoon(Replies.answer(type, packetId, outcome.reason(), sentence.get()));
        } else if (qos == 1) {
            writeSoon(Replies.pubAck(handshake.mqtt5(), packetId, outcome.reason()));
        } else {
            writeSoon(Replies.pubRec(handshake.mqtt5(), packetId, outcome.reason()));
        }
    }

    /** Written at once, flushed after the other tasks that wait by now: many acknowledgements leave together. */
    private void writeSoon(Object packet) {
        ctx.write(packet, ctx.voidPromise());
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
    public void send(OutboundPublish packet, Form form, int packetId, TopicPartition from) {
        sessions.messagesOut().add(1);
        tap.of(from).out(1, packet.payloadBytes());
        if (!form.mqtt5()) {
            sessions.withheld().count(packet.properties());
        }
        packet.write(ctx, form, packetId);
    }

    @Override
    public void flush() {
        ctx.flush();
    }
}
