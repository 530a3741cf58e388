package io.polylog.amqp.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.util.concurrent.FastThreadLocal;
import io.polylog.record.Record;
import io.polylog.schedule.ScheduleHeaders;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.transport.LinkError;
import org.jspecify.annotations.Nullable;

/**
 * Turns an encoded AMQP 1.0 message into a record:
 *
 * <pre>
 * header            durable -> amqp.durable, priority -> priority, ttl -> expires-at
 * message           x-opt-partition-key -> key; x-exchange, x-routing-key -> amqp.exchange, amqp.routing-key;
 *   annotations     other x-* -> header of that name; any other name -> amqp.annotation.NAME
 * properties        message-id, correlation-id, reply-to, subject, content-type, content-encoding -> same name;
 *                   user-id, to, group-id, group-sequence, reply-to-group-id -> amqp.NAME; group-id -> key, if no other;
 *                   absolute-expiry-time -> expires-at (the earlier of the two); creation-time -> timestamp
 * application       cloudEvents_NAME, cloudEvents:NAME -> ce_NAME; a name that means something else as a header ->
 *   properties      amqp.app.NAME; any other -> header of that name
 * one data section  value
 * amqp-value        null -> null value; string -> its text, with amqp.body: str; other -> the section, amqp.body: value
 * several sections  the sections as they are, with amqp.body: seq or multi
 * footer            in amqp.raw
 * </pre>
 *
 * <p>Simple values that are not strings are stored as text with their type in {@code polylog-types}, nested ones as JSON
 * with their encoding in {@code amqp.raw}, lists of strings as a header that repeats. Delivery annotations are for this
 * hop only. What a message says about a later time becomes headers as {@link ScheduleFields} tells.
 *
 * <p>Owned by one thread: {@link #local} gives the calling one its own.
 */
@SuppressWarnings("JavaUtilDate") // what Proton-J decodes timestamps to
public final class MessageDecoder {
    /** Bytes of sections other than the body; more is refused, since they are taken apart value by value. */
    static final int MAX_METADATA_BYTES = 1 << 20;

    private static final FastThreadLocal<MessageDecoder> LOCAL = new FastThreadLocal<>() {
        @Override
        protected MessageDecoder initialValue() {
            return new MessageDecoder();
        }
    };

    private final AmqpReader reader = new AmqpReader();

    private MessageDecoder() {}

    /** The calling thread's own decoder; decoders are costly to make and keep nothing between messages. */
    public static MessageDecoder local() {
        return LOCAL.get();
    }

    /**
     * @param message the whole encoded message; not kept
     * @param nowMs time of arrival: the timestamp of a message that has none, and what its time-to-live is counted from
     * @throws MessageRefusedException if the message is malformed, or asks for what the gateway cannot do
     */
    public Record decode(byte[] message, long nowMs, DroppedFields drops) {
        reader.begin(message);
        try {
            return readSections(message, new RecordAssembly(nowMs), nowMs, drops);
        } finally {
            reader.end();
        }
    }

    private Record readSections(byte[] message, RecordAssembly record, long nowMs, DroppedFields drops) {
        Section last = null;
        BodySections body = new BodySections();
        while (reader.hasRemaining()) {
            int start = reader.position();
            Section section = reader.section();
            if (last != null && section.compareTo(last) <= 0 && !(section == last && section.isBody())) {
                throw AmqpReader.malformed("sections of a message come in order, and once");
            }
            last = section;
            switch (section) {
                case HEADER -> header(record, nowMs);
                case DELIVERY_ANNOTATIONS -> reader.skip();
                case MESSAGE_ANNOTATIONS -> annotations(record, drops);
                case PROPERTIES -> properties(record);
                case APPLICATION_PROPERTIES -> applicationProperties(record, drops);
                case DATA, SEQUENCE, VALUE -> body.read(reader, section, start);
                case FOOTER -> footer(record);
            }
            if (!section.isBody() && reader.position() - start > MAX_METADATA_BYTES) {
                throw new MessageRefusedException(
                        LinkError.MESSAGE_SIZE_EXCEEDED,
                        "a message section other than the body may have " + MAX_METADATA_BYTES + " bytes");
            }
        }
        body.store(message, record);
        return record.build();
    }

    private void header(RecordAssembly record, long nowMs) {
        Fields fields = new Fields("header", reader.list(), 5);
        Boolean durable = fields.take(0, Boolean.class);
        Number priority = fields.take(1, UnsignedByte.class);
        Number ttl = fields.take(2, UnsignedInteger.class);
        if (durable != null) {
            record.text(Names.DURABLE, durable.toString());
        }
        if (priority != null) {
            record.text(Names.PRIORITY, priority.toString());
        }
        if (ttl != null) {
            record.expiresAt(nowMs + ttl.longValue());
        }
    }

    private void properties(RecordAssembly record) {
        Fields fields = new Fields("properties", reader.list(), 13);
        identifier(record, Names.MESSAGE_ID, fields.take(0, Object.class));
        Binary userId = fields.take(1, Binary.class);
        if (userId != null) {
            record.header(Names.USER_ID, TypedText.bytes(userId));
        }
        record.text(Names.TO, fields.take(2, String.class));
        record.text(Names.SUBJECT, fields.take(3, String.class));
        record.text(Names.REPLY_TO, ReplyAddress.stored(fields.take(4, String.class)));
        identifier(record, Names.CORRELATION_ID, fields.take(5, Object.class));
        record.text(Names.CONTENT_TYPE, text(fields.take(6, Symbol.class)));
        record.text(Names.CONTENT_ENCODING, text(fields.take(7, Symbol.class)));
        Date expiry = fields.take(8, Date.class);
        if (expiry != null) {
            record.expiresAt(expiry.getTime());
        }
        Date creation = fields.take(9, Date.class);
        if (creation != null) {
            record.timestamp(creation.getTime());
        }
        String groupId = fields.take(10, String.class);
        if (groupId != null) {
            record.groupId(groupId);
        }
        record.text(Names.GROUP_SEQUENCE, text(fields.take(11, UnsignedInteger.class)));
        record.text(Names.REPLY_TO_GROUP_ID, fields.take(12, String.class));
    }

    /** A message-id or correlation-id: string, ulong, uuid or binary (part 3, §3.2.11 to §3.2.14). */
    private static void identifier(RecordAssembly record, String name, @Nullable Object value) {
        if (value == null) {
            return;
        }
        boolean allowed = value instanceof String
                || value instanceof UnsignedLong
                || value instanceof UUID
                || value instanceof Binary;
        TypedText simple = allowed ? TypedText.of(value) : null;
        if (simple == null) {
            throw AmqpReader.malformed(name + " is a string, an unsigned long, a uuid or a binary");
        }
        record.simple(name, simple);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private void annotations(RecordAssembly record, DroppedFields drops) {
        AmqpReader.MapFrame map = reader.beginMap();
        for (int i = 0; i < map.pairs(); i++) {
            Object key = reader.value();
            if (!(key instanceof Symbol symbol)) {
                // Part 3, §3.2.10: the others are unsigned longs, all reserved.
                drops.dropped("annotation-number");
                reader.skip();
                continue;
            }
            String name = symbol.toString();
            if (Names.SET_ON_DELIVERY.contains(name)) {
                reader.skip();
            } else if (name.equals(Names.X_PARTITION_KEY)) {
                partitionKey(record, reader.value());
            } else if (ScheduleFields.isAnnotation(name)) {
                record.schedule().annotation(name, reader.value());
            } else {
                value(record, Names.headerOfAnnotation(name));
            }
        }
        reader.endMap(map);
    }

    private static void partitionKey(RecordAssembly record, @Nullable Object key) {
        if (key instanceof Binary binary) {
            record.partitionKey(TypedText.bytes(binary));
        } else if (key != null) {
            record.partitionKey(key.toString().getBytes(UTF_8));
        }
    }

    private void applicationProperties(RecordAssembly record, DroppedFields drops) {
        AmqpReader.MapFrame map = reader.beginMap();
        for (int i = 0; i < map.pairs(); i++) {
            if (!(reader.value() instanceof String name)) {
                throw AmqpReader.malformed("the name of an application property is a string");
            }
            if (ScheduleHeaders.isOne(name)) {
                record.schedule().property(name, reader.value());
            } else if (Names.hidden(name)) {
                drops.dropped("reserved-name");
                reader.skip();
            } else {
                value(record, Names.headerOfProperty(name));
            }
        }
        reader.endMap(map);
    }

    private void value(RecordAssembly record, String header) {
        int from = reader.position();
        Object value = reader.value();
        TypedText simple = TypedText.of(value);
        if (simple != null) {
            record.simple(header, simple);
        } else if (value instanceof List<?> list && isRepeat(list)) {
            record.repeated(header, list);
        } else {
            record.nested(header, value, reader.slice(from, reader.position()));
        }
    }

    private static boolean isRepeat(List<?> list) {
        return list.size() > 1 && list.stream().allMatch(String.class::isInstance);
    }

    private void footer(RecordAssembly record) {
        int from = reader.position();
        if (reader.value() instanceof Map<?, ?> map && !map.isEmpty()) {
            record.footer(reader.slice(from, reader.position()));
        }
    }

    /** The fields of a section that is a list; what the sender left off at the end counts as null. */
    private record Fields(String section, List<?> values, int max) {
        Fields {
            Objects.requireNonNull(section, "section");
            if (values.size() > max) {
                throw AmqpReader.malformed("section " + section + " has at most " + max + " fields");
            }
        }

        <T> @Nullable T take(int index, Class<T> type) {
            Object value = index < values.size() ? values.get(index) : null;
            if (value != null && !type.isInstance(value)) {
                throw AmqpReader.malformed("field " + index + " of section " + section + " has another type");
            }
            return type.cast(value);
        }
    }
}
