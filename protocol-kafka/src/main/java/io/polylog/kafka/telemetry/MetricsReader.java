package io.polylog.kafka.telemetry;

import io.polylog.record.InvalidBatchException;
import io.polylog.record.SnappyFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.TelemetryTooLargeException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.shaded.com.google.protobuf.CodedInputStream;
import org.apache.kafka.shaded.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.kafka.shaded.com.google.protobuf.WireFormat;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.Metric;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.MetricsData;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import org.apache.kafka.shaded.io.opentelemetry.proto.resource.v1.Resource;

/**
 * Reads one push: OpenTelemetry's {@code MetricsData}, compressed. It is read one metric after the other, for objects made of it all
 * could be fifty times as large as it. Gauges and sums count; what is too long, or of another kind, is dropped. One thread.
 */
final class MetricsReader {

    /** Longest metric and longest description of a client, in bytes. */
    private static final int MOST_PART_BYTES = 64 << 10;

    private static final int CHUNK_BYTES = 8 << 10;

    @FunctionalInterface
    private interface Part {
        void read(CodedInputStream in) throws IOException;
    }

    private final Asked asked;
    private final Map<List<String>, Double> values = new LinkedHashMap<>();
    private int dropped;

    /** Of the client that the metrics being read are of. */
    private Labels resource = new Labels();

    MetricsReader(Asked asked) {
        this.asked = asked;
    }

    /** The newest value of each series that was asked for, by its labels, in pairs. */
    Map<List<String>, Double> values() {
        return values;
    }

    /** Values that were asked for and cannot be kept. */
    int dropped() {
        return dropped;
    }

    /**
     * @return what is wrong with it, if anything is
     */
    Errors read(ByteBuffer compressed, CompressionType compression) {
        try {
            if (compression == CompressionType.SNAPPY) {
                SnappyFrames.check(compressed, ClientTelemetry.MOST_BYTES);
            }
            byte[] plain = unfolded(compressed, compression);
            parts(CodedInputStream.newInstance(plain), MetricsData.RESOURCE_METRICS_FIELD_NUMBER, this::readClient);
            return Errors.NONE;
        } catch (TelemetryTooLargeException tooLarge) {
            return Errors.TELEMETRY_TOO_LARGE;
        } catch (InvalidBatchException wrong) {
            boolean tooLarge = wrong.reason() == InvalidBatchException.Reason.TOO_LARGE;
            return tooLarge ? Errors.TELEMETRY_TOO_LARGE : Errors.INVALID_RECORD;
        } catch (IOException
                | RuntimeException malformed) { // libraries throw what they like for bytes that are none of theirs
            return Errors.INVALID_RECORD;
        }
    }

    /** Not with Kafka's own helper for it: that loops for ever over some bytes. */
    private static byte[] unfolded(ByteBuffer compressed, CompressionType compression) throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream(CHUNK_BYTES);
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in = Compression.of(compression)
                .build()
                .wrapForInput(compressed, RecordBatch.CURRENT_MAGIC_VALUE, BufferSupplier.NO_CACHING)) {
            for (int read = in.read(chunk); read != -1; read = in.read(chunk)) {
                if (read == 0) {
                    throw new IOException("a block without bytes");
                }
                if (plain.size() + read > ClientTelemetry.MOST_BYTES) {
                    throw new TelemetryTooLargeException("more than " + ClientTelemetry.MOST_BYTES + " bytes");
                }
                plain.write(chunk, 0, read);
            }
        }
        return plain.toByteArray();
    }

    private void readClient(CodedInputStream in) throws IOException {
        resource = new Labels();
        parts(
                in,
                Map.of(
                        ResourceMetrics.RESOURCE_FIELD_NUMBER,
                        this::readResource,
                        ResourceMetrics.SCOPE_METRICS_FIELD_NUMBER,
                        scope -> parts(scope, ScopeMetrics.METRICS_FIELD_NUMBER, this::readMetric)));
    }

    private static void parts(CodedInputStream in, int field, Part part) throws IOException {
        parts(in, Map.of(field, part));
    }

    /** Reads the parts of a message that have these fields, one after the other, and skips all else. */
    private static void parts(CodedInputStream in, Map<Integer, Part> parts) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int type = WireFormat.getTagWireType(tag);
            if (type == WireFormat.WIRETYPE_START_GROUP || type == WireFormat.WIRETYPE_END_GROUP) {
                throw new InvalidProtocolBufferException("there are no groups in metrics"); // skipping them recurses
            }
            Part part =
                    type == WireFormat.WIRETYPE_LENGTH_DELIMITED ? parts.get(WireFormat.getTagFieldNumber(tag)) : null;
            if (part == null) {
                in.skipField(tag);
                continue;
            }
            int outer = in.pushLimit(in.readRawVarint32());
            part.read(in);
            in.popLimit(outer);
        }
    }

    private void readResource(CodedInputStream in) throws IOException {
        int size = in.getBytesUntilLimit();
        if (size > MOST_PART_BYTES) {
            in.skipRawBytes(size);
            return;
        }
        resource.add(Resource.parseFrom(in.readRawBytes(size)).getAttributesList());
    }

    private void readMetric(CodedInputStream in) throws IOException {
        int size = in.getBytesUntilLimit();
        if (size > MOST_PART_BYTES) {
            in.skipRawBytes(size);
            dropped++;
            return;
        }
        Metric metric = Metric.parseFrom(in.readRawBytes(size));
        if (asked.wants(metric.getName())) {
            points(metric).forEach(point -> keep(metric.getName(), point));
        }
    }

    private List<NumberDataPoint> points(Metric metric) {
        if (metric.hasGauge()) {
            return metric.getGauge().getDataPointsList();
        }
        boolean whole = metric.hasSum()
                && metric.getSum().getAggregationTemporality() != AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
        if (whole) {
            return metric.getSum().getDataPointsList();
        }
        dropped++;
        return List.of();
    }

    private void keep(String name, NumberDataPoint point) {
        Labels labels = new Labels(resource);
        boolean kept = values.size() < PushedMetrics.MOST_OF_ONE
                && labels.addMetric(name)
                && labels.add(point.getAttributesList());
        if (kept) {
            values.put(labels.pairs(), point.hasAsInt() ? (double) point.getAsInt() : point.getAsDouble());
        } else {
            dropped++;
        }
    }
}
