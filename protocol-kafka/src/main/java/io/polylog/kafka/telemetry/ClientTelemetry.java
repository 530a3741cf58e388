package io.polylog.kafka.telemetry;

import io.polylog.broker.ClientMetricsSettings;
import io.polylog.broker.KnownBrokerSettings;
import io.polylog.metric.Meters;
import io.polylog.time.NanoClock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsResponseData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;

/**
 * What clients are asked to tell of themselves, and what they tell (KIP-714). Any thread; a {@link Seat} with the thread of its
 * connection.
 */
public final class ClientTelemetry {

    /** Of the metrics in one push, as they come and as they unfold: {@code telemetry.max.bytes}. */
    static final int MOST_BYTES = KnownBrokerSettings.CLIENT_METRICS_BYTES;

    /** Clients at a time; those that were silent longest make room, and begin anew when they come back. */
    static final int MOST_INSTANCES = 16_384;

    /** The first is what clients take if they know it. */
    private static final List<Byte> COMPRESSIONS = List.of(
            CompressionType.ZSTD.id, CompressionType.LZ4.id, CompressionType.GZIP.id, CompressionType.SNAPPY.id);

    private final Subscriptions subscriptions;
    private final NanoClock clock;
    private final PushedMetrics pushed;
    private final Meters.Counter pushes;
    private final Meters.Counter dropped;
    private final Map<InstanceKey, Instance> instances = new LinkedHashMap<>(16, 0.75f, true); // guarded by itself

    /**
     * @param mostSeries values that are kept at a time, of all clients together
     */
    public ClientTelemetry(ClientMetricsSettings settings, NanoClock clock, Meters meters, int mostSeries) {
        this.subscriptions = new Subscriptions(settings);
        this.clock = clock;
        this.pushed = new PushedMetrics(mostSeries, clock);
        this.pushes = meters.counter("polylog_kafka_client_metrics_pushes_total");
        this.dropped = meters.counter("polylog_kafka_client_metrics_dropped_total");
        meters.gauges("polylog_kafka_client_metric", pushed::samples);
    }

    /** Tells a client what it is asked for; one that has no id yet gets one. */
    GetTelemetrySubscriptionsResponseData ask(Seat seat, Client client, Uuid id) {
        Uuid instanceId = id.equals(Uuid.ZERO_UUID) ? Uuid.randomUuid() : id;
        Instance instance = instance(seat, client, instanceId);
        Errors error = instance.ask(clock.nanoTime());
        if (error != Errors.NONE) {
            return new GetTelemetrySubscriptionsResponseData().setErrorCode(error.code());
        }
        return new GetTelemetrySubscriptionsResponseData()
                .setClientInstanceId(instanceId)
                .setSubscriptionId(instance.subscriptionId())
                .setRequestedMetrics(new ArrayList<>(instance.asked().metrics()))
                .setAcceptedCompressionTypes(COMPRESSIONS)
                .setPushIntervalMs(instance.asked().intervalMs())
                .setTelemetryMaxBytes(MOST_BYTES)
                .setDeltaTemporality(false); // sums as they are: one that is lost on the way is in the next
    }

    /**
     * Takes the metrics that a client pushes; answers what is wrong with them, if anything is.
     *
     * @param reader where they are unfolded and read
     */
    CompletionStage<Errors> push(Seat seat, Client client, PushTelemetryRequestData request, Executor reader) {
        Uuid id = request.clientInstanceId();
        if (Uuid.RESERVED.contains(id)) {
            return CompletableFuture.completedFuture(Errors.INVALID_REQUEST);
        }
        Instance instance = instance(seat, client, id);
        Errors refused = instance.push(
                clock.nanoTime(),
                request.subscriptionId(),
                isCompression(request.compressionType()),
                request.terminating());
        ByteBuffer metrics = request.metrics();
        if (refused != Errors.NONE || metrics == null || !metrics.hasRemaining()) {
            return CompletableFuture.completedFuture(refused);
        }
        if (metrics.remaining() > MOST_BYTES) {
            instance.ended(Errors.TELEMETRY_TOO_LARGE);
            return CompletableFuture.completedFuture(Errors.TELEMETRY_TOO_LARGE);
        }
        CompletionStage<Errors> read =
                CompletableFuture.supplyAsync(() -> keep(client, instance, request, metrics), reader);
        return read.thenApply(error -> {
            instance.ended(error);
            return error;
        });
    }

    private Errors keep(Client client, Instance instance, PushTelemetryRequestData request, ByteBuffer metrics) {
        MetricsReader reader = new MetricsReader(instance.asked());
        Errors error = reader.read(metrics, CompressionType.forId(request.compressionType()));
        if (error != Errors.NONE) {
            return error;
        }
        pushes.add(1);
        InstanceKey key = new InstanceKey(request.clientInstanceId(), client.principal());
        int left = pushed.put(key, client, reader.values(), instance.asked().intervalMs(), request.terminating());
        dropped.add(reader.dropped() + left);
        return Errors.NONE;
    }

    private static boolean isCompression(int id) {
        return id == CompressionType.NONE.id || COMPRESSIONS.contains((byte) id);
    }

    private Instance instance(Seat seat, Client client, Uuid id) {
        InstanceKey key = new InstanceKey(id, client.principal());
        Subscriptions.Current current = subscriptions.current();
        synchronized (instances) {
            InstanceKey before = seat.taken;
            if (before != null && !before.equals(key)) {
                instances.remove(before);
            }
            seat.taken = key;
            Instance known = instances.get(key);
            if (known != null && known.version() == current.version()) {
                return known;
            }
        }
        Asked asked = Asked.by(current.all(), client, id); // takes its time, so not while others wait
        Instance made = new Instance(asked, asked.id(id), current.version());
        synchronized (instances) {
            instances.put(key, made);
            if (instances.size() > MOST_INSTANCES) {
                instances.remove(instances.keySet().iterator().next());
            }
        }
        return made;
    }

    /** The connection is gone; its client begins anew, and what it told is kept until that is old. */
    void left(Seat seat) {
        InstanceKey taken = seat.taken;
        if (taken != null) {
            synchronized (instances) {
                instances.remove(taken);
            }
        }
    }

    /** Clients that ask and push. */
    int instanceCount() {
        synchronized (instances) {
            return instances.size();
        }
    }
}
