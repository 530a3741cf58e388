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
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.util.ReferenceCountUtil;
import io.polylog.mqtt.codec.ProtocolViolation;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.mqtt.codec.WireVersion;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
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
        if (client != null) {
            client.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof ProtocolViolation violation) {
            violated(violation);
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
            violated(violation);
        } finally {
            if (taken) {
                ReferenceCountUtil.release(packet);
            }
        }
    }

    private boolean connect(ChannelHandlerContext ctx, MqttMessage packet) {
        MqttConnectMessage connect = (MqttConnectMessage) packet; // the framer lets nothing else through first
        Handshake handshake = Handshake.of(connect, sessions.limits());
        ConnectedClient connected = new ConnectedClient(sessions, ctx, handshake, this);
        client = connected;
        keepAlive.allow(handshake.keepAliveSeconds() * 1500L);
        sessions.claim(connected.session());
        ctx.write(Replies.accepted(handshake.acceptance()), ctx.voidPromise());
        log.atDebug()
                .addKeyValue("client", handshake.clientId())
                .addKeyValue("remote", channel.remoteAddress())
                .addKeyValue("sessionRefused", handshake.askedForSession())
                .log("connected");
        return true;
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
            case PUBACK -> connected.session().acknowledged(packetId(packet));
            case SUBSCRIBE -> {
                if (connected.hasPublishesUnderWay()) {
                    hold(packet);
                    return false;
                }
                connected.subscribe((MqttSubscribeMessage) packet);
            }
            case UNSUBSCRIBE -> connected.unsubscribe((MqttUnsubscribeMessage) packet);
            case PINGREQ -> connected.write(Replies.pingResp());
            case PUBREL -> connected.write(Replies.pubComp(version.isMqtt5(), packetId(packet)));
            case DISCONNECT -> disconnect(connected, packet);
            case CONNECT -> throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "a second CONNECT"); // MQTT-3.1.0-2
            case AUTH -> throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "AUTH without enhanced authentication");
            case PUBREC, PUBCOMP ->
                throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "an answer to QoS 2, which was never sent");
            case CONNACK, SUBACK, UNSUBACK, PINGRESP ->
                throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "a packet that only servers send");
        }
        return true;
    }

    private void disconnect(ConnectedClient connected, MqttMessage packet) {
        ReasonCode askedFor = ReasonCode.SUCCESS;
        if (packet.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header) {
            if (PublishProperties.integer(header.properties(), MqttProperties.SESSION_EXPIRY_INTERVAL) > 0
                    && !connected.askedForSession()) { // MQTT 5 §3.14.2.2.2
                askedFor = ReasonCode.PROTOCOL_ERROR;
            }
            connected.disconnected(header.reasonCode());
        } else {
            connected.disconnected((byte) 0);
        }
        if (askedFor.isError()) {
            throw new ProtocolViolation(askedFor, "session expiry on a session that had none");
        }
        ending = true;
        channel.close();
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
    public void takenOver() {
        channel.eventLoop().execute(() -> {
            if (!ending) {
                violated(new ProtocolViolation(ReasonCode.SESSION_TAKEN_OVER, "taken over by a newer connection"));
            }
        });
    }
}
