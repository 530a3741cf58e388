package io.polylog.mqtt.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.polylog.broker.Marks;
import io.polylog.broker.Publisher.Published;
import io.polylog.broker.RefusedException;
import io.polylog.metric.Flow;
import io.polylog.metric.Tap;
import io.polylog.mqtt.codec.ProtocolViolation;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.mqtt.codec.TopicNames;
import io.polylog.mqtt.message.Message;
import io.polylog.mqtt.session.PublishRouter.Routed;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Takes a client's PUBLISH packets into the log. A PUBACK leaves when its record is durable, and not before. Owned by the
 * connection's event loop.
 *
 * <p>A publish that cannot be taken is answered with its reason by MQTT 5 and QoS 1. MQTT 3 has no such answer, and a
 * PUBACK would be a lie: the connection is closed, soon; but for a cancel of what does not wait any more, which is as good as
 * done. QoS 0 is dropped and counted.
 */
final class PublishReceiver {

    /** How long a connection of MQTT 3 stays open after it asked for more than there is room for. */
    private static final long QUOTA_PAUSE_MS = 2_000;

    private final Sessions sessions;
    private final Session session;
    private final boolean mqtt5;
    private final EventLoop loop;
    private final InboundWindow window;
    private final ReceivedOnce once;
    private final Consumer<ByteBuf> answer;
    private final TopicAliases aliases;
    private final Events events;
    private final Tap tap;
    private boolean closingSoon;

    /** What becomes of publishes, told on the event loop and later than their packets. */
    interface Events {
        /** The connection must end. */
        void violated(ProtocolViolation violation);

        /** A publish has ended. */
        void publishSettled();
    }

    PublishReceiver(
            Sessions sessions,
            Session session,
            boolean mqtt5,
            EventLoop loop,
            InboundWindow window,
            ReceivedOnce once,
            Consumer<ByteBuf> answer,
            Events events) {
        this.sessions = sessions;
        this.session = session;
        this.mqtt5 = mqtt5;
        this.loop = loop;
        this.window = window;
        this.once = once;
        this.answer = answer;
        this.aliases = new TopicAliases(sessions.limits().topicAliasMaximum());
        this.events = events;
        this.tap = new Tap(sessions.flows());
    }

    /**
     * Takes one packet; its payload is copied, the packet stays the caller's.
     *
     * @throws ProtocolViolation if the connection cannot survive it
     */
    void receive(MqttPublishMessage packet) {
        MqttPublishVariableHeader header = packet.variableHeader();
        int qos = packet.fixedHeader().qosLevel().value();
        boolean retain = packet.fixedHeader().isRetain();
        int packetId = Math.max(header.packetId(), 0);
        String topic = topic(header);
        if (qos == 2 && once.isRepetition(packetId)) {
            if (once.isTaken(packetId)) {
                answer.accept(Replies.pubRec(mqtt5, packetId, ReasonCode.SUCCESS));
            }
            return;
        }
        boolean counted = qos == 2 && once.isRestored(packetId);
        if (mqtt5 && qos > 0 && !counted && underWay() >= sessions.limits().receiveMaximum()) { // MQTT-3.3.4-7
            throw new ProtocolViolation(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, "receive maximum exceeded");
        }
        byte[] payload = bytes(packet.payload());
        Message message = new Message(topic, qos, retain, payload, PublishProperties.of(header.properties()));
        InboundWindow.Publish publish = window.begin(packetId, qos, topic.length() + payload.length);
        sessions.messagesIn().add(1);
        publish(message, publish, packetId);
    }

    /** What counts against the Receive Maximum: QoS 1 until PUBACK, QoS 2 until PUBCOMP (MQTT 5 §4.9). */
    private int underWay() {
        return window.unacknowledged() + once.unreleased();
    }

    private void publish(Message message, InboundWindow.Publish publish, int packetId) {
        boolean isKept = session.usesNoLocal() || sessions.limits().storesClientId();
        String clientId = isKept ? session.clientId() : null;
        try {
            if (message.qos() == 2) {
                once.take(
                        packetId,
                        message,
                        clientId,
                        outcome -> loop.execute(() -> {
                            once.taken(packetId, outcome.isError());
                            settle(publish, outcome);
                        }));
            } else if (message.qos() == 1 && once.knows(packetId)) { // not released as yet (MQTT 5 §4.13)
                settle(publish, PublishOutcome.of(ReasonCode.PACKET_IDENTIFIER_IN_USE));
            } else {
                append(sessions.router().route(message, clientId), message.payload().length, publish);
            }
        } catch (RefusedException refused) {
            once.taken(packetId, true); // a receipt of an earlier connection
            settle(publish, PublishOutcome.of(refused));
        }
    }

    private void append(Optional<Routed> routed, int payloadBytes, InboundWindow.Publish publish) {
        if (routed.isEmpty()) {
            settle(publish, PublishOutcome.of(ReasonCode.UNSPECIFIED_ERROR));
            return;
        }
        Optional<String> retainAs = routed.get().retainAs();
        CompletionStage<Published> published = sessions.context()
                .publisher()
                .publish(
                        routed.get().partition(),
                        routed.get().record(),
                        retainAs.isPresent() ? new Marks(Optional.empty(), retainAs) : Marks.NONE);
        Flow flow = tap.of(routed.get().partition());
        published.whenComplete((unused, failure) -> {
            if (failure == null) {
                flow.in(1, payloadBytes);
            }
            loop.execute(() -> settle(publish, PublishOutcome.of(failure)));
        });
    }

    /** PUBREL. */
    void release(int packetId) {
        once.release(packetId, reason -> answer.accept(Replies.pubComp(mqtt5, packetId, reason)));
    }

    private void settle(InboundWindow.Publish publish, PublishOutcome outcome) {
        if (outcome.isError()) {
            sessions.refusedPublishes().add(1);
            if (!mqtt5 && publish.wantsAcknowledgement() && !outcome.vain()) {
                closeUnacknowledged(outcome.reason());
                return;
            }
        }
        window.settle(publish, outcome);
        events.publishSettled();
    }

    /**
     * MQTT 3 has no word for no: without a PUBACK the client sends again over its next connection. What may be better soon,
     * such as a full disk, gets a moment first, lest the client come back at once, and over and over.
     */
    private void closeUnacknowledged(ReasonCode reason) {
        ProtocolViolation violation = new ProtocolViolation(reason, "a publish was refused");
        if (reason != ReasonCode.QUOTA_EXCEEDED) {
            events.violated(violation);
        } else if (!closingSoon) {
            closingSoon = true;
            loop.schedule(() -> events.violated(violation), QUOTA_PAUSE_MS, TimeUnit.MILLISECONDS);
        }
    }

    private String topic(MqttPublishVariableHeader header) {
        long alias = PublishProperties.integer(header.properties(), MqttProperties.TOPIC_ALIAS);
        String topic = header.topicName();
        if (!topic.isEmpty() && !TopicNames.isName(topic)) {
            throw new ProtocolViolation(ReasonCode.TOPIC_NAME_INVALID, "not a topic name");
        }
        return alias == PublishProperties.ABSENT ? topic : aliases.resolve(topic, (int) alias);
    }

    private static byte[] bytes(ByteBuf payload) {
        return ByteBufUtil.getBytes(payload);
    }
}
