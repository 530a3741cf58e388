package io.polylog.kafka.telemetry;

import static io.polylog.kafka.telemetry.Pushes.gauge;
import static io.polylog.kafka.telemetry.Pushes.point;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.ClientMetricsSettings;
import io.polylog.kafka.telemetry.Client.Software;
import io.polylog.metric.Meters;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsResponseData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.Metric;
import org.junit.jupiter.api.Test;

/** When clients may ask and push, and for how long what they push is shown; the test turns the clock. */
class ClientTelemetryTest {

    private static final int MOST_SERIES = 10;

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicReference<Supplier<List<Meters.Sample>>> shown = new AtomicReference<>(List::of);
    private final Settings settings = new Settings();
    private final ClientTelemetry telemetry =
            new ClientTelemetry(settings, nanos::get, new CapturingMeters(), MOST_SERIES);
    private final Seat seat = new Seat();

    private static final class Settings implements ClientMetricsSettings {
        Map<String, Map<String, String>> all = Map.of();

        void set(String name, Map<String, String> config) {
            Map<String, Map<String, String>> changed = new HashMap<>(all);
            changed.put(name, config);
            all = changed;
        }

        @Override
        public Map<String, Map<String, String>> all() {
            return all;
        }

        @Override
        public CompletionStage<?> change(String name, UnaryOperator<Map<String, String>> change, boolean dryRun) {
            return CompletableFuture.failedFuture(new AssertionError());
        }
    }

    private final class CapturingMeters implements Meters {
        @Override
        public Counter counter(String name, String... tags) {
            return amount -> {};
        }

        @Override
        public Timer timer(String name, String... tags) {
            return nanos -> {};
        }

        @Override
        public void gauge(String name, DoubleSupplier value, String... tags) {}

        @Override
        public void gauges(String name, Supplier<List<Sample>> values) {
            assertThat(name).isEqualTo("polylog_kafka_client_metric");
            shown.set(values);
        }
    }

    private static Client client(String principal) {
        return new Client(principal, "c", Software.UNKNOWN, Pushes.LOCAL, 1);
    }

    private GetTelemetrySubscriptionsResponseData ask(Uuid id) {
        return telemetry.ask(seat, client("alice"), id);
    }

    private Errors push(Uuid id, int subscription, ByteBuffer metrics, boolean last) {
        return push(seat, "alice", id, subscription, metrics, last);
    }

    private Errors push(Seat from, String principal, Uuid id, int subscription, ByteBuffer metrics, boolean last) {
        PushTelemetryRequestData request = new PushTelemetryRequestData()
                .setClientInstanceId(id)
                .setSubscriptionId(subscription)
                .setCompressionType(CompressionType.NONE.id)
                .setTerminating(last)
                .setMetrics(metrics);
        return telemetry
                .push(from, client(principal), request, Runnable::run)
                .toCompletableFuture()
                .join();
    }

    private static ByteBuffer metrics(int count) {
        List<Metric> metrics = IntStream.range(0, count)
                .mapToObj(i -> gauge("m" + i, point(i)))
                .toList();
        return Pushes.compressed(Pushes.data(List.of(), metrics), CompressionType.NONE);
    }

    private void pass(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void everySecond() {
        settings.set("all", Map.of("metrics", "*", "interval.ms", "1000"));
    }

    @Test
    void withoutSubscriptionsAClientIsAskedForNothingAndMayAskAgainInFiveMinutes() {
        GetTelemetrySubscriptionsResponseData answer = ask(Uuid.ZERO_UUID);
        assertThat(answer.clientInstanceId()).isNotEqualTo(Uuid.ZERO_UUID);
        assertThat(answer.requestedMetrics()).isEmpty();
        assertThat(answer.pushIntervalMs()).isEqualTo(300_000);
        assertThat(answer.telemetryMaxBytes()).isEqualTo(1 << 20);
        assertThat(answer.acceptedCompressionTypes()).startsWith(CompressionType.ZSTD.id);

        pass(299_999);
        assertThat(ask(answer.clientInstanceId()).errorCode()).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED.code());
        pass(1);
        assertThat(ask(answer.clientInstanceId()).errorCode()).isZero();
    }

    @Test
    void aClientPushesOnceAfterAskingAndThenOnceInAnInterval() {
        everySecond();
        GetTelemetrySubscriptionsResponseData asked = ask(Uuid.ZERO_UUID);
        Uuid id = asked.clientInstanceId();
        pass(1);
        assertThat(push(id, asked.subscriptionId(), metrics(1), false)).isEqualTo(Errors.NONE);
        pass(999);
        assertThat(push(id, asked.subscriptionId(), metrics(1), false)).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
        pass(1);
        assertThat(push(id, asked.subscriptionId(), metrics(1), false)).isEqualTo(Errors.NONE);
        assertThat(push(id, asked.subscriptionId(), metrics(1), true)).isEqualTo(Errors.NONE);
        pass(5_000);
        assertThat(push(id, asked.subscriptionId(), metrics(1), false)).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void aChangedSubscriptionIsAskedForAnewAtOnce() {
        everySecond();
        GetTelemetrySubscriptionsResponseData before = ask(Uuid.ZERO_UUID);
        settings.set("more", Map.of("metrics", "x", "interval.ms", "500"));
        pass(1_000);
        assertThat(push(before.clientInstanceId(), before.subscriptionId(), metrics(1), false))
                .isEqualTo(Errors.UNKNOWN_SUBSCRIPTION_ID);
        GetTelemetrySubscriptionsResponseData after = ask(before.clientInstanceId());
        assertThat(after.errorCode()).isZero();
        assertThat(after.pushIntervalMs()).isEqualTo(500);
        assertThat(push(after.clientInstanceId(), after.subscriptionId(), metrics(1), false))
                .isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
        pass(500);
        assertThat(push(after.clientInstanceId(), after.subscriptionId(), metrics(1), false))
                .isEqualTo(Errors.NONE);
    }

    @Test
    void whatIsNoPushIsRefused() {
        everySecond();
        assertThat(push(Uuid.ZERO_UUID, 0, metrics(1), false)).isEqualTo(Errors.INVALID_REQUEST);
        GetTelemetrySubscriptionsResponseData asked = ask(Uuid.ZERO_UUID);
        Uuid id = asked.clientInstanceId();
        pass(1);
        assertThat(push(id, asked.subscriptionId(), ByteBuffer.allocate((1 << 20) + 1), false))
                .isEqualTo(Errors.TELEMETRY_TOO_LARGE);
        pass(1_000);
        assertThat(push(id, asked.subscriptionId(), ByteBuffer.wrap(new byte[] {1, 2, 3}), false))
                .isEqualTo(Errors.INVALID_RECORD);
        pass(1_000);
        PushTelemetryRequestData unknown = new PushTelemetryRequestData()
                .setClientInstanceId(id)
                .setSubscriptionId(asked.subscriptionId())
                .setCompressionType((byte) 77)
                .setMetrics(metrics(1));
        assertThat(telemetry
                        .push(seat, client("alice"), unknown, Runnable::run)
                        .toCompletableFuture()
                        .join())
                .isEqualTo(Errors.UNSUPPORTED_COMPRESSION_TYPE);
        assertThat(ask(id).errorCode()).as("asks again at once").isZero();
    }

    @Test
    void valuesAreShownUntilTheirClientHasBeenSilentForThreeIntervals() {
        everySecond();
        Uuid id = Uuid.randomUuid();
        assertThat(push(id, ask(id).subscriptionId(), metrics(2), false)).isEqualTo(Errors.NONE);
        assertThat(shown.get().get())
                .extracting(Meters.Sample::tags)
                .containsExactly(
                        List.of(
                                "client_instance_id",
                                id.toString(),
                                "client_id",
                                "c",
                                "principal",
                                "alice",
                                "metric",
                                "m0"),
                        List.of(
                                "client_instance_id",
                                id.toString(),
                                "client_id",
                                "c",
                                "principal",
                                "alice",
                                "metric",
                                "m1"));
        pass(3_000);
        assertThat(shown.get().get()).hasSize(2);
        pass(1);
        assertThat(shown.get().get()).isEmpty();
    }

    @Test
    void theLastValuesOfAClientAreShownForAMinute() {
        everySecond();
        Uuid id = Uuid.randomUuid();
        push(id, ask(id).subscriptionId(), metrics(1), true);
        telemetry.left(seat);
        pass(60_000);
        assertThat(shown.get().get()).hasSize(1);
        pass(1);
        assertThat(shown.get().get()).isEmpty();
    }

    @Test
    void nobodySpeaksForTheClientOfSomebodyElse() {
        everySecond();
        Uuid id = Uuid.randomUuid();
        int subscription = ask(id).subscriptionId();
        assertThat(push(id, subscription, metrics(1), false)).isEqualTo(Errors.NONE);
        assertThat(push(new Seat(), "mallory", id, subscription, metrics(1), false))
                .isEqualTo(Errors.NONE);
        assertThat(shown.get().get())
                .extracting(sample -> sample.tags().get(5))
                .containsExactlyInAnyOrder("alice", "mallory");
    }

    @Test
    void allClientsTogetherHaveSoManyValuesAndNoMore() {
        everySecond();
        for (int i = 0; i < 4; i++) {
            Uuid id = Uuid.randomUuid();
            push(id, ask(id).subscriptionId(), metrics(4), false);
        }
        assertThat(shown.get().get()).hasSize(MOST_SERIES);
        pass(3_001);
        Uuid id = Uuid.randomUuid();
        push(id, ask(id).subscriptionId(), metrics(4), false);
        assertThat(shown.get().get()).hasSize(4);
    }

    @Test
    void aConnectionSpeaksForOneClientAtATimeAndTakesItWithIt() {
        IntStream.range(0, 50).forEach(i -> ask(Uuid.ZERO_UUID));
        assertThat(telemetry.instanceCount()).isEqualTo(1);
        telemetry.left(seat);
        assertThat(telemetry.instanceCount()).isZero();
    }

    @Test
    void thereAreSoManyClientsAndNoMore() {
        for (int i = 0; i < ClientTelemetry.MOST_INSTANCES + 5; i++) {
            telemetry.ask(new Seat(), client("alice"), Uuid.ZERO_UUID);
        }
        assertThat(telemetry.instanceCount()).isEqualTo(ClientTelemetry.MOST_INSTANCES);
    }
}
