package io.polylog.mqtt.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.polylog.broker.Publisher.Published;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.mqtt.codec.ProtocolViolation;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.mqtt.codec.TopicNames;
import io.polylog.mqtt.session.RecordMapper.Message;
import io.polylog.mqtt.session.TopicMapping.Route;
import io.polylog.record.Record;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes a client's PUBLISH packets into the log. A PUBACK leaves when its record is durable, and not before. Owned by the
 * connection's event loop.
 *
 * <p>A publish that cannot be taken is answered with its reason by MQTT 5 and QoS 1. MQTT 3 has no such answer, and a
 * PUBACK would be a lie: the connection is closed, soon. QoS 0 is dropped and counted.
 */
final class PublishReceiver {

    /** Topic trees with a meaning of their own, of which none may pass as an ordinary message. */
    private static final List<String> RESERVED = List.of("$SYS/", "$delayed/", "$schedule/", "$share/");

    /** How long a connection of MQTT 3 stays open after it asked for more than there is room for. */
    private static final long QUOTA_PAUSE_MS = 2_000;

    private final Sessions sessions;
    private final Session session;
    private final boolean mqtt5;
    private final EventLoop loop;
    private final InboundWindow window;
    private final TopicAliases aliases;
    private final Events events;
    private boolean closingSoon;

    /** What becomes of publishes, told on the event loop and later than their packets. */
    interface Events {
        /** The connection must end. */
        void violated(ProtocolViolation violation);

        /** A publish has ended. */
        void publishSettled();
    }

    PublishReceiver(
            Sessions sessions, Session session, boolean mqtt5, EventLoop loop, InboundWindow window, Events events) {
        this.sessions = sessions;
        this.session = session;
        this.mqtt5 = mqtt5;
        this.loop = loop;
        this.window = window;
        this.aliases = new TopicAliases(sessions.limits().topicAliasMaximum());
        this.events = events;
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
        if (qos > MqttQoS.AT_LEAST_ONCE.value()) { // MQTT-3.2.2-11
            throw new ProtocolViolation(ReasonCode.QOS_NOT_SUPPORTED, "QoS 2 is not supported yet");
        }
        if (mqtt5 && retain) { // MQTT-3.2.2-14
            throw new ProtocolViolation(ReasonCode.RETAIN_NOT_SUPPORTED, "retained messages are not supported yet");
        }
        if (mqtt5 && qos > 0 && window.exceedsReceiveMaximum()) { // MQTT-3.3.4-7
            throw new ProtocolViolation(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, "receive maximum exceeded");
        }
        String topic = topic(header);
        byte[] payload = bytes(packet.payload());
        Message message = new Message(topic, qos, retain, payload, PublishProperties.of(header.properties()));
        InboundWindow.Publish publish = window.begin(qos > 0 ? header.packetId() : 0, topic.length() + payload.length);
        sessions.messagesIn().add(1);
        publish(message, publish);
    }

    /** Publishes a will: nobody waits for it. */
    void receive(Will will) {
        InboundWindow.Publish publish = window.begin(0, will.message().payload().length);
        if (sessions.hasDefaultTopic()) {
            publish(will.message(), publish);
        } else {
            sessions.ensureDefaultTopic()
                    .whenComplete((topic, failure) -> loop.execute(() -> publish(will.message(), publish)));
        }
    }

    private void publish(Message message, InboundWindow.Publish publish) {
        if (RESERVED.stream().anyMatch(message.topic()::startsWith)) {
            settle(publish, ReasonCode.TOPIC_NAME_INVALID);
            return;
        }
        if (RecordMapper.asksForSchedule(message.properties())) {
            settle(publish, ReasonCode.IMPLEMENTATION_SPECIFIC); // delivering it at once would be worse
            return;
        }
        Route route = TopicMapping.route(message.topic(), sessions::hasLogTopic);
        Optional<Topic> topic = sessions.logTopic(route.logTopic());
        if (topic.isEmpty()) {
            settle(publish, ReasonCode.UNSPECIFIED_ERROR); // deleted just now, or the default one was refused
            return;
        }
        Record record = sessions.mapper()
                .toRecord(message, route, session.usesNoLocal() ? session.clientId() : null, sessions.timeMs());
        CompletionStage<Published> published = sessions.context().publisher().publish(topic.get(), record);
        published.whenComplete((unused, failure) -> loop.execute(() -> settle(publish, reasonFor(failure))));
    }

    private void settle(InboundWindow.Publish publish, ReasonCode reason) {
        if (reason.isError()) {
            sessions.refusedPublishes().add(1);
            if (!mqtt5 && publish.wantsAcknowledgement()) {
                closeUnacknowledged(reason);
                return;
            }
        }
        window.settle(publish, reason);
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

    /** Only codes that a PUBACK may carry (MQTT 5 §3.4.2.1). */
    private static ReasonCode reasonFor(@Nullable Throwable failure) {
        if (failure == null) {
            return ReasonCode.SUCCESS;
        }
        Throwable cause = failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        if (!(cause instanceof RefusedException refused)) {
            return ReasonCode.UNSPECIFIED_ERROR;
        }
        return switch (refused.refusal()) {
            case INTERNAL_TOPIC -> ReasonCode.NOT_AUTHORIZED;
            case BATCH_TOO_LARGE, OVERLOADED, DISK_FULL -> ReasonCode.QUOTA_EXCEEDED;
            case INVALID_RECORD -> ReasonCode.IMPLEMENTATION_SPECIFIC;
            default -> ReasonCode.UNSPECIFIED_ERROR;
        };
    }
}
