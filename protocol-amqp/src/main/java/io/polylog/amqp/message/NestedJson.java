package io.polylog.amqp.message;

import java.lang.reflect.Array;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.DescribedType;
import org.jspecify.annotations.Nullable;

/**
 * Nested AMQP values as JSON, for readers of other protocols: binaries as base64, times as milliseconds since the Unix
 * epoch, described values as {@code {"descriptor":…,"value":…}}. The exact value stands in {@link RawValues}.
 */
@SuppressWarnings("JavaUtilDate") // what Proton-J decodes timestamps to
final class NestedJson {
    private NestedJson() {}

    static String of(@Nullable Object value) {
        StringBuilder json = new StringBuilder();
        append(json, value);
        return json.toString();
    }

    private static void append(StringBuilder json, @Nullable Object value) {
        if (value == null || value instanceof Boolean) {
            json.append(value);
        } else if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (Double.isFinite(number)) {
                json.append(value);
            } else {
                quote(json, value.toString());
            }
        } else if (value instanceof Number) {
            json.append(value);
        } else if (value instanceof Date date) {
            json.append(date.getTime());
        } else if (value instanceof Binary binary) {
            quote(json, Base64.getEncoder().encodeToString(TypedText.bytes(binary)));
        } else if (value instanceof List<?> list) {
            appendList(json, list);
        } else if (value instanceof Map<?, ?> map) {
            appendMap(json, map);
        } else if (value instanceof DescribedType described) {
            json.append("{\"descriptor\":");
            append(json, described.getDescriptor());
            json.append(",\"value\":");
            append(json, described.getDescribed());
            json.append('}');
        } else if (value.getClass().isArray()) {
            appendArray(json, value);
        } else {
            quote(json, value.toString());
        }
    }

    private static void appendList(StringBuilder json, List<?> list) {
        json.append('[');
        String separator = "";
        for (Object element : list) {
            json.append(separator);
            append(json, element);
            separator = ",";
        }
        json.append(']');
    }

    private static void appendArray(StringBuilder json, Object array) {
        json.append('[');
        for (int i = 0; i < Array.getLength(array); i++) {
            if (i > 0) {
                json.append(',');
            }
            append(json, Array.get(array, i));
        }
        json.append(']');
    }

    private static void appendMap(StringBuilder json, Map<?, ?> map) {
        json.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            json.append(separator);
            quote(json, String.valueOf(entry.getKey()));
            json.append(':');
            append(json, entry.getValue());
            separator = ",";
        }
        json.append('}');
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (c < 0x20) {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }
}
