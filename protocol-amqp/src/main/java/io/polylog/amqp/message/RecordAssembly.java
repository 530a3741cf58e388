package io.polylog.amqp.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects what the sections of one message say until they make a record. */
final class RecordAssembly {
    private final Headers.Builder headers = Headers.builder();
    private final Map<String, String> types = new LinkedHashMap<>();
    private final RawValues raw = new RawValues();
    private final ScheduleFields schedule = new ScheduleFields();
    private byte @Nullable [] partitionKey;
    private byte @Nullable [] groupId;
    private byte @Nullable [] value;
    private long timestampMs;
    private long expiresAtMs = Long.MAX_VALUE;

    RecordAssembly(long nowMs) {
        this.timestampMs = nowMs;
    }

    void timestamp(long epochMs) {
        timestampMs = epochMs;
    }

    /** The earliest of what several fields say wins. */
    void expiresAt(long epochMs) {
        expiresAtMs = Math.min(expiresAtMs, epochMs);
    }

    void partitionKey(byte[] key) {
        partitionKey = key;
    }

    void groupId(String group) {
        groupId = group.getBytes(UTF_8);
        header(Names.GROUP_ID, groupId);
    }

    void body(byte @Nullable [] content) {
        value = content;
    }

    /** A body that is not the content of one data section. */
    void body(String kind, byte[] content) {
        value = content;
        headers.text(Names.BODY, kind);
    }

    void footer(byte[] encodedMap) {
        raw.footer(encodedMap);
    }

    void header(String name, byte @Nullable [] bytes) {
        headers.add(new Header(name, bytes));
    }

    void text(String name, @Nullable String text) {
        if (text != null) {
            headers.text(name, text);
        }
    }

    /** What the message says about a later time. */
    ScheduleFields schedule() {
        return schedule;
    }

    /** A value of any simple type under a header name. */
    void simple(String name, TypedText simple) {
        headers.add(new Header(name, simple.bytes()));
        if (simple.type() != null && !isObvious(simple)) {
            types.put(name, simple.type());
        }
    }

    /** Bytes that are no text become a binary again without being told to. */
    private static boolean isObvious(TypedText simple) {
        return "binary".equals(simple.type()) && simple.bytes() != null && !Utf8.isText(simple.bytes());
    }

    /** A nested value: JSON for every reader, and its exact encoding beside it. */
    void nested(String name, @Nullable Object value, byte[] encoded) {
        headers.text(name, NestedJson.of(value));
        raw.put(name, encoded);
    }

    /** A list of strings is how a header that repeats looks in AMQP. */
    void repeated(String name, List<?> strings) {
        for (Object string : strings) {
            headers.text(name, (String) string);
        }
    }

    Record build() {
        if (expiresAtMs != Long.MAX_VALUE) {
            headers.text(Names.EXPIRES_AT, Long.toString(expiresAtMs));
        }
        schedule.writeTo(headers);
        if (!types.isEmpty()) {
            headers.text(Names.TYPES, HeaderTypes.format(types));
        }
        if (!raw.isEmpty()) {
            headers.add(new Header(Names.RAW, raw.encode()));
        }
        byte[] key = partitionKey != null ? partitionKey : groupId;
        return new Record(key, value, timestampMs, headers.build());
    }
}
