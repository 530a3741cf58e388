package io.polylog.mqtt.session;

import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.polylog.mqtt.codec.ProtocolViolation;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.PublishProperties.UserProperty;
import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.mqtt.codec.TopicNames;
import io.polylog.record.TopicPartition;
import io.polylog.session.SessionRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Grants and takes back the subscriptions of one session. Owned by the connection's event loop. */
final class Subscriber {

    /** The only failure that MQTT 3.1.1 knows (§3.9.3). */
    private static final int V3_FAILURE = 0x80;

    /** User property of a SUBSCRIBE that asks for partition, offset and timestamp with every message. */
    private static final UserProperty WANTS_POSITION = new UserProperty("polylog-position", "true");

    /** User property of a SUBSCRIBE that says where in the log to begin: {@code earliest}, or {@code latest} as without it. */
    private static final String START = "polylog-start";

    private final Session session;
    private final Shard shard;
    private final boolean mqtt5;
    private final int maxSubscriptions;

    Subscriber(Session session, Shard shard, boolean mqtt5, int maxSubscriptions) {
        this.session = session;
        this.shard = shard;
        this.mqtt5 = mqtt5;
        this.maxSubscriptions = maxSubscriptions;
    }

    /**
     * Makes every subscription that is possible.
     *
     * @return one code per filter: the QoS granted or the reason why not (MQTT-3.9.3-1)
     * @throws ProtocolViolation if the packet as a whole is wrong
     */
    List<Integer> subscribe(MqttSubscribeMessage packet) {
        MqttProperties properties = packet.idAndPropertiesVariableHeader().properties();
        long identifier = PublishProperties.integer(properties, MqttProperties.SUBSCRIPTION_IDENTIFIER);
        boolean position = PublishProperties.userProperties(properties).contains(WANTS_POSITION);
        Optional<Subscription.Start> start = start(PublishProperties.userProperties(properties));
        List<Integer> codes =
                new ArrayList<>(packet.payload().topicSubscriptions().size());
        for (MqttTopicSubscription asked : packet.payload().topicSubscriptions()) {
            String filter = asked.topicFilter();
            MqttSubscriptionOption option = asked.option();
            ReasonCode refusal = start.isPresent() ? refusal(filter, option) : ReasonCode.IMPLEMENTATION_SPECIFIC;
            if (refusal.isError()) {
                codes.add(mqtt5 ? refusal.code() : V3_FAILURE);
                continue;
            }
            int qos = option.qos().value();
            shard.subscribe(
                    session,
                    filter,
                    new Subscription.Options(
                            qos,
                            option.isNoLocal(),
                            option.isRetainAsPublished(),
                            identifier > 0 ? (int) identifier : Subscription.NO_IDENTIFIER,
                            position,
                            start.orElse(Subscription.Start.LATEST)));
            codes.add(qos);
            session.journal().ifPresent(journal -> keep(journal, filter));
        }
        return codes;
    }

    private void keep(SessionJournal journal, String filter) {
        Subscription subscription = session.subscription(filter);
        if (subscription != null) {
            journal.put(new SessionRow.Subscription(filter, SubscriptionCodec.encode(subscription)));
            shard.partitionsOf(session).forEach(journal::moved);
        }
    }

    private void forget(SessionJournal journal, String filter, List<TopicPartition> before) {
        journal.remove(SessionRow.Subscription.keyOf(filter));
        for (TopicPartition partition : before) {
            if (!session.reads(partition.topic())) {
                journal.left(partition);
            }
        }
    }

    /** Where to begin; empty if what is asked for is not known. The last of several counts. */
    private static Optional<Subscription.Start> start(List<UserProperty> properties) {
        Optional<Subscription.Start> start = Optional.of(Subscription.Start.LATEST);
        for (UserProperty property : properties) {
            if (property.name().equals(START)) {
                start = switch (property.value()) {
                    case "earliest" -> Optional.of(Subscription.Start.EARLIEST);
                    case "latest" -> Optional.of(Subscription.Start.LATEST);
                    default -> Optional.empty();
                };
            }
        }
        return start;
    }

    /** One code per filter (MQTT 5 §3.11.3). */
    List<ReasonCode> unsubscribe(MqttUnsubscribeMessage packet) {
        List<ReasonCode> codes = new ArrayList<>(packet.payload().topics().size());
        for (String filter : packet.payload().topics()) {
            List<TopicPartition> before = session.journal().isPresent() ? shard.partitionsOf(session) : List.of();
            if (shard.unsubscribe(session, filter)) {
                session.journal().ifPresent(journal -> forget(journal, filter, before));
                codes.add(ReasonCode.SUCCESS);
            } else {
                codes.add(
                        TopicNames.isFilter(filter)
                                ? ReasonCode.NO_SUBSCRIPTION_EXISTED
                                : ReasonCode.TOPIC_FILTER_INVALID);
            }
        }
        return codes;
    }

    private ReasonCode refusal(String filter, MqttSubscriptionOption option) {
        if (TopicNames.isShared(filter)) {
            if (option.isNoLocal()) { // MQTT-3.8.3-4
                throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "shared subscription with No Local");
            }
            return ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
        }
        if (!TopicNames.isFilter(filter)) {
            return ReasonCode.TOPIC_FILTER_INVALID;
        }
        if (session.subscription(filter) == null && session.subscriptionCount() >= maxSubscriptions) {
            return ReasonCode.QUOTA_EXCEEDED;
        }
        return ReasonCode.SUCCESS;
    }
}
