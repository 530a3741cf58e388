package io.polylog.mqtt.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.util.ReferenceCountUtil;
import io.polylog.mqtt.codec.ProtocolViolation;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.mqtt.codec.WireVersion;
import io.polylog.session.Attachment;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: takes its packets in order and gives each to whom it concerns. Owned by its event loop; ends
 * with the channel, and with it everything the client had.
 *
 * <p>Packets are held back, and no more are read, while something earlier must be finished first: a SUBSCRIBE waits for the
 * publishes before it, so that it does not see them, and the first PUBLISH of all waits for the default log topic.
 */
final class Connection extends ChannelInboundHandlerAdapter implements ConnectedClient.Events {

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    private final Sessions sessions;
    private final Channel channel;
    private final WireVersion version;
    private final KeepAlive keepAlive;
    private final Deque<MqttMessage> held = new ArrayDeque<>(0);
    private final ReadGate gate;
    private @Nullable Opening opening;
    private @Nullable ConnectedClient client;
    private boolean holding;
    private boolean defaultTopicRefused;
    private boolean ending;

    Connection(Sessions sessions, Channel channel, WireVersion version) {
        this.sessions = sessions;
        this.channel = channel;
        this.version = version;
        this.gate = new ReadGate(channel);
        this.keepAlive = new KeepAlive(channel.eventLoop(), sessions.context().nanoClock(), this::silent);
        keepAlive.allow(sessions.limits().connectTimeoutSeconds() * 1000L);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        keepAlive.heard();
        MqttMessage packet = (MqttMessage) message;
        if (ending) {
            ReferenceCountUtil.release(packet);
        } else if (holding) {
            held.add(packet);
        } else {
            take(ctx, packet);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            gate.relieved();
            if (client != null) {
                client.session().resume();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ending = true;
        keepAlive.stop();
        held.forEach(ReferenceCountUtil::release);
        held.clear();
        leave();
    }

    /** What the client had is given up, and its identifier passes on as soon as that is durable. */
    private void leave() {
        if (client != null) {
            client.close();
        } else if (opening != null) {
            opening.abandon();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof ProtocolViolation violation) {
            faulty(violation);
        } else if (cause instanceof IOException) {
            channel.close(); // the peer has gone; nothing worth a line
        } else {
            log.atError()
                    .addKeyValue("remote", channel.remoteAddress())
                    .setCause(cause)
                    .log("connection failed");
            end(ReasonCode.UNSPECIFIED_ERROR);
        }
    }

    /** Acts on one packet and lets go of it, unless it has to wait. */
    private void take(ChannelHandlerContext ctx, MqttMessage packet) {
        boolean taken = true;
        try {
            taken = client == null ? connect(ctx, packet) : act(client, packet);
        } catch (ProtocolViolation violation) {
            faulty(violation);
        } finally {
            if (taken) {
                ReferenceCountUtil.release(packet);
            }
        }
    }

    private boolean connect(ChannelHandlerContext ctx, MqttMessage packet) {
        MqttConnectMessage connect = (MqttConnectMessage) packet; // the framer lets nothing else through first
        Handshake handshake = Handshake.of(connect, sessions.limits());
        holding = true; // what follows waits for the session
        gate.held(true);
        Opening began = new Opening(sessions, handshake, channel.eventLoop(), new Opening.Events() {
            @Override
            public void opened(Optional<Attachment> attachment) {
                Connection.this.opened(ctx, handshake, attachment);
            }

            @Override
            public void failed() {
                violated(new ProtocolViolation(ReasonCode.SERVER_UNAVAILABLE, "the session cannot be had now"));
            }

            @Override
            public void takenOver() {
                Connection.this.takenOver();
            }
        });
        opening = began;
        began.start();
        return true;
    }

    private void opened(ChannelHandlerContext ctx, Handshake handshake, Optional<Attachment> attachment) {
        Opening began = Objects.requireNonNull(opening, "opening");
        ConnectedClient connected = new ConnectedClient(sessions, ctx, handshake, began, attachment, this);
        client = connected;
        keepAlive.allow(handshake.keepAliveSeconds() * 1500L);
        connected.begin();
        log.atDebug()
                .addKeyValue("client", handshake.clientId())
                .addKeyValue("remote", channel.remoteAddress())
                .addKeyValue("kept", attachment.isPresent())
                .log("connected");
        takeHeld();
    }

    /** False if the packet is held back. */
    private boolean act(ConnectedClient connected, MqttMessage packet) {
        if (!channel.isWritable()) {
            gate.answeredWhileCongested();
        }
        switch (packet.fixedHeader().messageType()) {
            case PUBLISH -> {
                if (!sessions.hasDefaultTopic() && !defaultTopicRefused) {
                    holdForDefaultTopic(packet);
                    return false;
                }
                defaultTopicRefused = false;
                connected.publish((MqttPublishMessage) packet);
                gate.backlogged(connected.isBacklogged());
            }
            case PUBACK -> connected.session().handshakes().acknowledged(packetId(packet), isAccepted(packet));
            case PUBREC -> connected.session().handshakes().received(packetId(packet), isAccepted(packet));
            case PUBREL -> connected.release(packetId(packet));
            case PUBCOMP -> connected.session().handshakes().completed(packetId(packet));
            case SUBSCRIBE -> {
                if (connected.hasPublishesUnderWay()) {
                    hold(packet);
                    return false;
                }
                connected.subscribe((MqttSubscribeMessage) packet);
            }
            case UNSUBSCRIBE -> connected.unsubscribe((MqttUnsubscribeMessage) packet);
            case PINGREQ -> connected.write(Replies.pingResp());
            case DISCONNECT -> disconnect(connected, packet);
            case CONNECT -> throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "a second CONNECT"); // MQTT-3.1.0-2
            case AUTH -> throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "AUTH without enhanced authentication");
            case CONNACK, SUBACK, UNSUBACK, PINGRESP ->
                throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "a packet that only servers send");
        }
        return true;
    }

    private void disconnect(ConnectedClient connected, MqttMessage packet) {
        boolean legal;
        if (packet.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header) {
            long expirySeconds = PublishProperties.integer(header.properties(), MqttProperties.SESSION_EXPIRY_INTERVAL);
            legal = connected.disconnected(header.reasonCode() == 0, expirySeconds);
        } else {
            legal = connected.disconnected(true, PublishProperties.ABSENT);
        }
        if (!legal) {
            throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "session expiry on a session that had none");
        }
        ending = true;
        connected.close();
        channel.close();
    }

    /** Whether an acknowledgement says that all is well; MQTT 3 can say nothing else. */
    private static boolean isAccepted(MqttMessage packet) {
        return !(packet.variableHeader() instanceof MqttPubReplyMessageVariableHeader reply)
                || (reply.reasonCode() & 0xFF) < 0x80;
    }

    private static int packetId(MqttMessage packet) {
        return ((MqttMessageIdVariableHeader) packet.variableHeader()).messageId();
    }

    private void holdForDefaultTopic(MqttMessage packet) {
        hold(packet);
        sessions.ensureDefaultTopic()
                .whenComplete((topic, failure) -> channel.eventLoop().execute(() -> {
                    defaultTopicRefused =
                            !sessions.hasDefaultTopic(); // then the publish itself is refused, and says so
                    takeHeld();
                }));
    }

    private void hold(MqttMessage packet) {
        held.addFirst(packet);
        holding = true;
        gate.held(true);
    }

    /** Goes on with what was held back; it may have to wait again. */
    private void takeHeld() {
        ChannelHandlerContext ctx = channel.pipeline().context(this);
        holding = false;
        while (!holding && !ending && ctx != null) {
            MqttMessage packet = held.poll();
            if (packet == null) {
                gate.held(false);
                break;
            }
            take(ctx, packet);
        }
        channel.flush();
    }

    @Override
    public void publishSettled() {
        ConnectedClient connected = client;
        if (connected == null || ending) {
            return;
        }
        if (connected.hasEased() && gate.backlogged(false)) {
            keepAlive.heard(); // it was we who did not listen
        }
        if (holding && !connected.hasPublishesUnderWay()) {
            keepAlive.heard();
            takeHeld();
        }
    }

    private void silent() {
        if (client == null) {
            log.atInfo().addKeyValue("remote", channel.remoteAddress()).log("closed: no CONNECT in time");
            channel.close();
        } else if (gate.isClosedByUs()) {
            keepAlive.allow(client.keepAliveSeconds() * 1500L); // it may have spoken, but was not heard
        } else {
            end(ReasonCode.KEEP_ALIVE_TIMEOUT); // MQTT-3.1.2-22
        }
    }

    /** The client has broken the protocol. */
    private void faulty(ProtocolViolation violation) {
        if (!ending) {
            sessions.protocolErrors().add(1);
        }
        violated(violation);
    }

    @Override
    public void violated(ProtocolViolation violation) {
        log.atInfo()
                .addKeyValue("remote", channel.remoteAddress())
                .addKeyValue("client", client == null ? "" : client.session().clientId())
                .addKeyValue("reason", violation.reason())
                .addKeyValue("detail", violation.getMessage())
                .log("connection closed");
        end(violation.reason());
    }

    /** Says why, in so far as the client's version has a word for it, and closes. Runs on the event loop. */
    private void end(ReasonCode reason) {
        if (ending) {
            return;
        }
        ending = true;
        keepAlive.stop();
        leave();
        Optional<ByteBuf> farewell = farewell(reason);
        if (farewell.isEmpty()) {
            channel.close();
            return;
        }
        channel.writeAndFlush(farewell.get()).addListener((ChannelFutureListener) written -> Farewell.say(channel));
    }

    private Optional<ByteBuf> farewell(ReasonCode reason) {
        if (client != null) {
            return version.isMqtt5() ? Optional.of(Replies.disconnect(reason)) : Optional.empty();
        }
        if (!version.isKnown()) {
            return Optional.empty();
        }
        return Optional.of(Replies.refused(version.isMqtt5(), reason)).filter(ByteBuf::isReadable);
    }

    @Override
    public void journalFailed() {
        violated(new ProtocolViolation(ReasonCode.SERVER_UNAVAILABLE, "the session could not be written down"));
    }

    private void takenOver() {
        channel.eventLoop().execute(() -> {
            if (!ending) {
                violated(new ProtocolViolation(ReasonCode.SESSION_TAKEN_OVER, "taken over by a newer connection"));
            }
        });
    }
}
