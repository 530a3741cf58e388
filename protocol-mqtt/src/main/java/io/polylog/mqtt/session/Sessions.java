package io.polylog.mqtt.session;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.polylog.broker.Registration;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.broker.Topics;
import io.polylog.metric.Flows;
import io.polylog.metric.Meters;
import io.polylog.mqtt.codec.MqttPipeline;
import io.polylog.mqtt.message.RecordMapper;
import io.polylog.mqtt.message.TopicMapping;
import io.polylog.mqtt.message.WithheldFields;
import io.polylog.spi.AdapterContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Every MQTT connection of one listener: which session has which client identifier, and which shard serves which event
 * loop. Thread-safe; lives as long as the adapter.
 */
public final class Sessions implements AutoCloseable {

    private final AdapterContext context;
    private final MqttLimits limits;
    private final RecordMapper mapper;
    private final PublishRouter router;
    private final Map<String, Opening> byClientId = new ConcurrentHashMap<>();
    private final Map<EventLoop, Shard> shards = new ConcurrentHashMap<>();
    private final Registration topicNews;
    private final Registration wills;
    private final AtomicReference<@Nullable CompletableFuture<Topic>> defaultTopic = new AtomicReference<>();
    private final Meters.Counter messagesIn;
    private final Meters.Counter messagesOut;
    private final LongAdder inFlight = new LongAdder();
    private final Flows flows;
    private final Meters.Counter protocolErrors;
    private final Meters.Counter refusedPublishes;
    private final Meters.Counter oversized;
    private final WithheldFields withheld;

    public Sessions(AdapterContext context, MqttLimits limits) {
        this.context = context;
        this.limits = limits;
        this.mapper = new RecordMapper(context.meters());
        this.router = new PublishRouter(this);
        this.messagesIn = context.meters().counter("polylog_messages_in_total", "protocol", "mqtt");
        this.messagesOut = context.meters().counter("polylog_messages_out_total", "protocol", "mqtt");
        this.flows = context.topicMeters().flows("mqtt");
        this.protocolErrors = context.meters().counter("polylog_protocol_errors_total", "protocol", "mqtt");
        this.refusedPublishes = context.meters().counter("polylog_mqtt_publishes_refused_total");
        this.withheld = new WithheldFields(context.meters());
        this.oversized = context.meters().counter("polylog_mqtt_oversized_dropped_total");
        context.meters().gauge("polylog_mqtt_sessions", byClientId::size);
        context.meters().gauge("polylog_mqtt_in_flight", inFlight::sum);
        this.wills = context.sessions().executeTestaments(new WillPublisher(this));
        this.topicNews = context.topics().listen(new Topics.Listener() {
            @Override
            public void changed(Topic topic) {
                shards.values().forEach(shard -> shard.execute(() -> shard.changed(topic)));
            }

            @Override
            public void deleted(Topic topic) {
                shards.values().forEach(shard -> shard.execute(() -> shard.deleted(topic)));
            }
        });
    }

    /** Installs MQTT into a new connection; called on its event loop. */
    public void accept(Channel channel) {
        MqttPipeline.install(channel.pipeline(), limits.packets(), version -> new Connection(this, channel, version));
    }

    /** All connections are closed by now. */
    @Override
    public void close() {
        wills.close();
        topicNews.close();
    }

    AdapterContext context() {
        return context;
    }

    MqttLimits limits() {
        return limits;
    }

    RecordMapper mapper() {
        return mapper;
    }

    PublishRouter router() {
        return router;
    }

    long timeMs() {
        return context.epochClock().timeMs();
    }

    Meters.Counter messagesIn() {
        return messagesIn;
    }

    Meters.Counter messagesOut() {
        return messagesOut;
    }

    /** What goes in and out, by log topic. */
    Flows flows() {
        return flows;
    }

    /** Deliveries of QoS 1 and 2 that connected clients have not settled. */
    LongAdder inFlight() {
        return inFlight;
    }

    Meters.Counter protocolErrors() {
        return protocolErrors;
    }

    Meters.Counter refusedPublishes() {
        return refusedPublishes;
    }

    /** Counts what clients of MQTT 3.1.1 do not get. */
    WithheldFields withheld() {
        return withheld;
    }

    /** Counts deliveries that a client's Maximum Packet Size forbids. */
    Meters.Counter oversized() {
        return oversized;
    }

    /** The shard of an event loop; called on it. */
    Shard shard(EventLoop loop) {
        return shards.computeIfAbsent(loop, unused -> new Shard(context, loop, mapper));
    }

    /** Gives a connection its client identifier; answers who has it still. */
    @Nullable
    Opening claim(Opening opening) {
        return byClientId.put(opening.clientId(), opening);
    }

    /** The identifier is free, unless it has gone to another already. */
    void release(Opening opening) {
        byClientId.remove(opening.clientId(), opening);
    }

    boolean hasLogTopic(String name) {
        return context.topics().find(name).filter(TopicMapping::isMounted).isPresent();
    }

    Optional<Topic> logTopic(String name) {
        return context.topics().find(name);
    }

    /** Whether publishes that belong to no other log topic can be taken already. */
    boolean hasDefaultTopic() {
        return hasLogTopic(TopicMapping.DEFAULT_LOG_TOPIC);
    }

    /**
     * Creates the default log topic, the only one that MQTT ever creates; it does so even where automatic creation is
     * off, for without it most MQTT topics have nowhere to go. Concurrent requests share one creation.
     */
    CompletionStage<Topic> ensureDefaultTopic() {
        CompletableFuture<Topic> mine = new CompletableFuture<>();
        CompletableFuture<Topic> other = defaultTopic.compareAndExchange(null, mine);
        if (other != null) {
            return other;
        }
        context.topics().create(TopicSpec.named(TopicMapping.DEFAULT_LOG_TOPIC)).whenComplete((topic, failure) -> {
            defaultTopic.set(null);
            if (failure == null) {
                mine.complete(topic);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return mine;
    }
}
