package io.polylog.amqp.message;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.record.Header;
import io.polylog.record.Record;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The headers of a record, sorted into those that are fields of a section and the rest. */
final class Outgoing {
    private final Map<String, List<Header>> headers = new LinkedHashMap<>();
    private final Map<String, String> types;
    private final RawValues raw;
    private int headerBytes;

    Outgoing(AmqpReader reader, Record record) {
        String typesText = null;
        byte[] rawBytes = null;
        for (Header header : record.headers()) {
            headerBytes += header.key().length() + (header.value() == null ? 0 : header.value().length) + 12;
            switch (header.key()) {
                case Names.TYPES -> typesText = header.text();
                case Names.RAW -> rawBytes = header.value();
                default -> {
                    if (!Names.hidden(header.key())) {
                        headers.computeIfAbsent(header.key(), name -> new ArrayList<>(1))
                                .add(header);
                    }
                }
            }
        }
        types = typesText == null ? Map.of() : HeaderTypes.parse(typesText);
        raw = rawBytes == null ? new RawValues() : RawValues.decode(reader, rawBytes);
    }

    int headerBytes() {
        return headerBytes;
    }

    RawValues raw() {
        return raw;
    }

    /** What no section has taken yet. */
    Map<String, List<Header>> rest() {
        return headers;
    }

    @Nullable
    String type(String name) {
        return types.get(name);
    }

    /** Takes a header away: it has become a field. */
    void take(String name) {
        headers.remove(name);
    }

    /** The last value of a header, or null if there is none or it is null. */
    byte @Nullable [] bytes(String name) {
        List<Header> values = headers.get(name);
        return values == null ? null : values.get(values.size() - 1).value();
    }

    /** Takes a header that is text, if it is. */
    @Nullable
    String text(String name) {
        byte[] bytes = bytes(name);
        if (bytes == null || !Utf8.isText(bytes)) {
            return null;
        }
        take(name);
        return new String(bytes, UTF_8);
    }

    /** Takes a header that is a whole number within bounds; others stay where they are. */
    @Nullable
    Long number(String name, long min, long max) {
        Long number = peekNumber(name, min, max);
        if (number != null) {
            take(name);
        }
        return number;
    }

    /** A header that is a whole number within bounds, or null. */
    @Nullable
    Long peekNumber(String name, long min, long max) {
        byte[] bytes = bytes(name);
        if (bytes == null || bytes.length > 20) {
            return null;
        }
        try {
            long number = Long.parseLong(new String(bytes, US_ASCII));
            return number < min || number > max ? null : (Long) number;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    void writeValue(AmqpWriter writer, String name, List<Header> values) {
        byte[] exact = raw.byHeader().get(name);
        if (exact != null) {
            writer.raw(exact);
        } else if (values.size() == 1) {
            TypedText.write(writer, types.get(name), values.get(0).value());
        } else {
            int list = writer.beginList();
            for (Header value : values) {
                TypedText.write(writer, null, value.value());
            }
            writer.end(list, values.size());
        }
    }
}
