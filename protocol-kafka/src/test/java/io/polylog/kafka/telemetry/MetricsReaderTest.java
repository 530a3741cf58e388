package io.polylog.kafka.telemetry;

import static io.polylog.kafka.telemetry.Pushes.attribute;
import static io.polylog.kafka.telemetry.Pushes.compressed;
import static io.polylog.kafka.telemetry.Pushes.data;
import static io.polylog.kafka.telemetry.Pushes.gauge;
import static io.polylog.kafka.telemetry.Pushes.point;
import static io.polylog.kafka.telemetry.Pushes.sum;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.shaded.io.opentelemetry.proto.common.v1.KeyValue;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.Metric;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.MetricsData;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetricsReaderTest {

    private static final int ONE_MEBIBYTE = 1 << 20;

    private final MetricsReader reader = new MetricsReader(asked("*"));

    private static Asked asked(String... prefixes) {
        return new Asked(new TreeSet<>(List.of(prefixes)), 1000);
    }

    private Errors read(MetricsData data) {
        return reader.read(compressed(data, CompressionType.NONE), CompressionType.NONE);
    }

    private static MetricsData of(Metric... metrics) {
        return data(List.of(), List.of(metrics));
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void aValueHasTheLabelsOfItsClientAndItsOwn(CompressionType compression) {
        MetricsData data =
                data(List.of(attribute("group.id", "g")), List.of(gauge("a.b", point(1.5, attribute("topic", "t")))));

        assertThat(reader.read(compressed(data, compression), compression)).isEqualTo(Errors.NONE);

        assertThat(reader.values()).containsOnlyKeys(List.of("group_id", "g", "metric", "a.b", "topic", "t"));
        assertThat(reader.values()).containsValue(1.5);
        assertThat(reader.dropped()).isZero();
    }

    @Test
    void sumsCountAsTheyAreAndDifferencesDoNot() {
        read(of(sum("whole", false, 7), sum("difference", true, 7)));
        assertThat(reader.values())
                .containsOnlyKeys(List.of(List.of("metric", "whole")))
                .containsValue(7.0);
        assertThat(reader.dropped()).isEqualTo(1);
    }

    @Test
    void whatWasNotAskedForIsNotKept() {
        MetricsReader some = new MetricsReader(asked("a.", "b"));
        some.read(
                compressed(
                        of(gauge("a.x", point(1)), gauge("b", point(1)), gauge("c", point(1))), CompressionType.NONE),
                CompressionType.NONE);
        assertThat(some.values().keySet()).containsExactly(List.of("metric", "a.x"), List.of("metric", "b"));
    }

    @Test
    void namesThatPrometheusOrTheGatewayKeepsAreWrittenOtherwise() {
        read(of(gauge("m", point(1, attribute("client_id", "x"), attribute("__name__", "y"), attribute("7.a", "z")))));
        assertThat(reader.values().keySet())
                .containsExactly(List.of(
                        "metric", "m", "attribute_client_id", "x", "attribute___name__", "y", "attribute_7_a", "z"));
    }

    @Test
    void tooLongAndTooManyLabelsAreDropped() {
        String longText = "x".repeat(250);
        var many = IntStream.range(0, 20).mapToObj(i -> attribute("a" + i, "v")).toArray(KeyValue[]::new);
        read(of(
                gauge(longText, point(1)),
                gauge("a", point(1, attribute("topic", longText))),
                gauge("b", point(1, many)),
                gauge("c", point(1))));
        assertThat(reader.values().keySet()).containsExactly(List.of("metric", "c"));
        assertThat(reader.dropped()).isEqualTo(3);
    }

    @Test
    void oneClientHasSoManyValuesAndNoMore() {
        Stream<Metric> metrics =
                IntStream.range(0, PushedMetrics.MOST_OF_ONE + 10).mapToObj(i -> gauge("m" + i, point(i)));
        assertThat(read(data(List.of(), metrics.toList()))).isEqualTo(Errors.NONE);
        assertThat(reader.values()).hasSize(PushedMetrics.MOST_OF_ONE);
        assertThat(reader.dropped()).isEqualTo(10);
    }

    @Test
    void aMetricThatIsTooLongIsPassedOver() {
        Metric huge =
                gauge("huge", IntStream.range(0, 20_000).mapToObj(i -> point(i)).toArray(NumberDataPoint[]::new));
        assertThat(read(of(huge, gauge("after", point(1))))).isEqualTo(Errors.NONE);
        assertThat(reader.values().keySet()).containsExactly(List.of("metric", "after"));
        assertThat(reader.dropped()).isEqualTo(1);
    }

    /** A mebibyte of zeros in a few hundred bytes is as much as is ever unfolded; of more nothing is kept. */
    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void whatUnfoldsToTooMuchIsTooLarge(CompressionType compression) {
        MetricsData bomb = of(Metric.newBuilder()
                .setName("x")
                .setDescription("0".repeat(3 * ONE_MEBIBYTE))
                .build());
        assertThat(reader.read(compressed(bomb, compression), compression)).isEqualTo(Errors.TELEMETRY_TOO_LARGE);
        assertThat(reader.values()).isEmpty();
    }

    /** Half a million clients in a mebibyte: each would be an object if all were read before the first is looked at. */
    @Test
    void manyEmptyPartsAreReadOneByOne() {
        byte[] empties = new byte[ONE_MEBIBYTE];
        for (int i = 0; i < empties.length; i += 2) {
            empties[i] = (ResourceMetrics.RESOURCE_FIELD_NUMBER << 3) | 2;
        }
        assertThat(reader.read(ByteBuffer.wrap(empties), CompressionType.NONE)).isEqualTo(Errors.NONE);
        assertThat(reader.values()).isEmpty();
    }

    @Test
    void groupsInGroupsAreNotFollowed() {
        byte[] nested = new byte[100_000];
        Arrays.fill(nested, (byte) ((9 << 3) | 3));
        assertThat(reader.read(ByteBuffer.wrap(nested), CompressionType.NONE)).isEqualTo(Errors.INVALID_RECORD);
    }

    /** Cut anywhere and with any byte changed it is read or refused, never more. */
    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void damageIsRefusedOrMakesNoDifference(CompressionType compression) {
        MetricsData data = data(
                List.of(attribute("group", "g")),
                List.of(gauge("a", point(1, attribute("t", "x"))), sum("b", false, 2)));
        ByteBuffer buffer = compressed(data, compression);
        byte[] whole = new byte[buffer.remaining()];
        buffer.get(whole);
        Random random = new Random(714);
        List<Errors> answers = new ArrayList<>();
        for (int length = 0; length < whole.length; length++) {
            answers.add(new MetricsReader(asked("*"))
                    .read(ByteBuffer.wrap(whole, 0, length).slice(), compression));
        }
        for (int round = 0; round < 2_000; round++) {
            byte[] changed = whole.clone();
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            answers.add(new MetricsReader(asked("*")).read(ByteBuffer.wrap(changed), compression));
        }
        assertThat(answers).isSubsetOf(Errors.NONE, Errors.INVALID_RECORD, Errors.TELEMETRY_TOO_LARGE);
        assertThat(answers).contains(Errors.INVALID_RECORD);
    }
}
