package io.polylog.mqtt.session;

import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttSubscriptionOption;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.mqtt.codec.ProtocolViolation;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.PublishProperties.UserProperty;
import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.mqtt.codec.TopicNames;
import io.polylog.record.TopicPartition;
import io.polylog.session.SessionRow;
import io.polylog.spi.AdapterContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

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
    private final AdapterContext context;
    private final List<RetainedReplay> retained = new ArrayList<>(0);

    Subscriber(Session session, Shard shard, boolean mqtt5, int maxSubscriptions, AdapterContext context) {
        this.session = session;
        this.shard = shard;
        this.mqtt5 = mqtt5;
        this.maxSubscriptions = maxSubscriptions;
        this.context = context;
    }

    /**
     * Makes every subscription that is possible.
     *
     * @param granted given one code per filter, the QoS granted or the reason why not (MQTT-3.9.3-1), on the event loop once
     *     every subscription has begun
     * @throws ProtocolViolation if the packet as a whole is wrong
     */
    void subscribe(MqttSubscribeMessage packet, Consumer<List<Integer>> granted) {
        MqttProperties properties = packet.idAndPropertiesVariableHeader().properties();
        long identifier = PublishProperties.integer(properties, MqttProperties.SUBSCRIPTION_IDENTIFIER);
        boolean position = PublishProperties.userProperties(properties).contains(WANTS_POSITION);
        Optional<Subscription.Start> start = start(PublishProperties.userProperties(properties));
        List<Integer> codes =
                new ArrayList<>(packet.payload().topicSubscriptions().size());
        List<CompletableFuture<Void>> beginning = new ArrayList<>(0);
        for (MqttTopicSubscription asked : packet.payload().topicSubscriptions()) {
            String filter = asked.topicFilter();
            MqttSubscriptionOption option = asked.option();
            ReasonCode refusal = start.isPresent() ? refusal(filter, option) : ReasonCode.IMPLEMENTATION_SPECIFIC;
            if (refusal.isError()) {
                codes.add(mqtt5 ? refusal.code() : V3_FAILURE);
                continue;
            }
            codes.add(option.qos().value());
            Subscription.Options options = new Subscription.Options(
                    option.qos().value(),
                    option.isNoLocal(),
                    option.isRetainAsPublished(),
                    identifier > 0 ? (int) identifier : Subscription.NO_IDENTIFIER,
                    position,
                    start.orElse(Subscription.Start.LATEST));
            Optional<SharedFilter> shared = TopicNames.isShared(filter) ? SharedFilter.of(filter) : Optional.empty();
            if (shared.isPresent()) {
                int index = codes.size() - 1;
                beginning.add(share(filter, shared.get(), options).thenAccept(answer -> {
                    if (answer.isError()) {
                        codes.set(index, mqtt5 ? answer.code() : V3_FAILURE);
                    }
                }));
            } else {
                subscribe(filter, options, option);
            }
        }
        if (beginning.isEmpty()) {
            granted.accept(codes);
        } else {
            CompletableFuture.allOf(beginning.toArray(CompletableFuture[]::new)).thenRun(() -> granted.accept(codes));
        }
    }

    private void subscribe(String filter, Subscription.Options options, MqttSubscriptionOption option) {
        boolean isNew = session.subscription(filter) == null;
        shard.subscribe(session, filter, options);
        session.journal().ifPresent(journal -> keep(journal, filter));
        if (sendsRetained(option.retainHandling(), isNew)) {
            retained.add(new RetainedReplay(session, shard, context.retained(), filter));
        }
    }

    /** Completes on the event loop when it has begun, or with why it cannot. */
    private CompletableFuture<ReasonCode> share(String filter, SharedFilter shared, Subscription.Options options) {
        CompletableFuture<ReasonCode> begun = new CompletableFuture<>();
        SharedSubscription present = session.shared().get(filter);
        if (present != null) {
            present.options(options);
            keepShared(filter, options);
            begun.complete(ReasonCode.SUCCESS);
            return begun;
        }
        openShared(filter, shared, options)
                .whenComplete((done, failure) -> shard.execute(() -> {
                    if (failure == null) {
                        keepShared(filter, options);
                    } else {
                        unshare(filter);
                    }
                    begun.complete(failure == null ? ReasonCode.SUCCESS : reason(failure));
                }));
        return begun;
    }

    /** MQTT 5 §3.9.3: a filter that is formed well, and not allowed. */
    private static ReasonCode reason(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RefusedException refused && refused.refusal() == Refusal.GROUP_OF_OTHER_KIND
                ? ReasonCode.TOPIC_FILTER_INVALID
                : ReasonCode.UNSPECIFIED_ERROR;
    }

    private void keepShared(String filter, Subscription.Options options) {
        session.journal()
                .ifPresent(journal -> journal.put(new SessionRow.Subscription(
                        filter, SubscriptionCodec.encode(new Subscription(session, filter, options)))));
    }

    private CompletionStage<Void> openShared(String filter, SharedFilter shared, Subscription.Options options) {
        SharedSubscription made = new SharedSubscription(session, shard, context, shared, options);
        session.shared().put(filter, made);
        session.addFeeder(made);
        return made.open();
    }

    private boolean unshare(String filter) {
        SharedSubscription present = session.shared().remove(filter);
        if (present == null) {
            return false;
        }
        session.removeFeeder(present);
        present.retire();
        return true;
    }

    /** Takes up the shared subscriptions that the session has kept. */
    void restoreShared(List<SessionRow> rows) {
        for (SessionRow row : rows) {
            if (row instanceof SessionRow.Subscription kept && TopicNames.isShared(kept.filter())) {
                SharedFilter.of(kept.filter())
                        .ifPresent(shared -> openShared(
                                kept.filter(),
                                shared,
                                SubscriptionCodec.decode(kept.options()).options()));
            }
        }
    }

    /** MQTT 5 §3.8.3.1; MQTT 3 always sends them. */
    private static boolean sendsRetained(MqttSubscriptionOption.RetainedHandlingPolicy policy, boolean isNew) {
        return switch (policy) {
            case SEND_AT_SUBSCRIBE -> true;
            case SEND_AT_SUBSCRIBE_IF_NOT_YET_EXISTS -> isNew;
            case DONT_SEND_AT_SUBSCRIBE -> false;
        };
    }

    /** Sends the retained messages that the subscriptions made since the last call are to get. */
    void sendRetained() {
        List<RetainedReplay> replays = List.copyOf(retained);
        retained.clear();
        replays.forEach(RetainedReplay::start);
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
            if (TopicNames.isShared(filter) && unshare(filter)) {
                session.journal().ifPresent(journal -> journal.remove(SessionRow.Subscription.keyOf(filter)));
                codes.add(ReasonCode.SUCCESS);
            } else if (shard.unsubscribe(session, filter)) {
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
            if (SharedFilter.of(filter).isEmpty()) { // MQTT-4.8.2-1, -2
                return ReasonCode.TOPIC_FILTER_INVALID;
            }
        } else if (!TopicNames.isFilter(filter)) {
            return ReasonCode.TOPIC_FILTER_INVALID;
        }
        boolean isNew =
                session.subscription(filter) == null && !session.shared().containsKey(filter);
        if (isNew && session.subscriptionCount() >= maxSubscriptions) {
            return ReasonCode.QUOTA_EXCEEDED;
        }
        return ReasonCode.SUCCESS;
    }
}
