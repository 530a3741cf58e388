package io.polylog.kafka.telemetry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.shaded.io.opentelemetry.proto.common.v1.AnyValue;
import org.apache.kafka.shaded.io.opentelemetry.proto.common.v1.KeyValue;

/** The labels of one value, as Prometheus takes them; those of a client are bounded in number and length. */
final class Labels {

    static final String METRIC = "metric";
    static final String INSTANCE_ID = "client_instance_id";
    static final String CLIENT_ID = "client_id";
    static final String PRINCIPAL = "principal";

    /** Longest value, in characters; that of a topic's name. */
    static final int MOST_CHARACTERS = 249;

    private static final Set<String> OURS = Set.of(METRIC, INSTANCE_ID, CLIENT_ID, PRINCIPAL);
    private static final int MOST = 16;

    private final Map<String, String> values;

    Labels() {
        this.values = new LinkedHashMap<>();
    }

    Labels(Labels first) {
        this.values = new LinkedHashMap<>(first.values);
    }

    /** A text that others chose, at the length that is kept of it. */
    static String shortened(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS);
    }

    boolean addMetric(String name) {
        values.put(METRIC, name);
        return !name.isEmpty() && name.length() <= MOST_CHARACTERS;
    }

    /** Adds attributes; false if they are too many or too long. */
    boolean add(List<KeyValue> attributes) {
        for (KeyValue attribute : attributes) {
            Optional<String> value = text(attribute.getValue());
            if (value.isEmpty()) {
                continue;
            }
            if (attribute.getKey().length() > MOST_CHARACTERS || value.get().length() > MOST_CHARACTERS) {
                return false;
            }
            values.put(name(attribute.getKey()), value.get());
        }
        return values.size() <= MOST;
    }

    private static Optional<String> text(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> Optional.of(value.getStringValue());
            case BOOL_VALUE -> Optional.of(Boolean.toString(value.getBoolValue()));
            case INT_VALUE -> Optional.of(Long.toString(value.getIntValue()));
            case DOUBLE_VALUE -> Optional.of(Double.toString(value.getDoubleValue()));
            case ARRAY_VALUE, KVLIST_VALUE, BYTES_VALUE, VALUE_NOT_SET -> Optional.empty();
        };
    }

    /** Prometheus keeps names with two underscores to itself, and we those that tell clients apart. */
    private static String name(String key) {
        String plain = key.replaceAll("[^a-zA-Z0-9_]", "_");
        boolean taken = OURS.contains(plain) || !plain.matches("[a-zA-Z].*|_[^_].*");
        return taken ? "attribute_" + plain : plain;
    }

    /** Name and value in turn. */
    List<String> pairs() {
        List<String> pairs = new ArrayList<>(2 * values.size());
        values.forEach((name, value) -> {
            pairs.add(name);
            pairs.add(value);
        });
        return pairs;
    }
}
