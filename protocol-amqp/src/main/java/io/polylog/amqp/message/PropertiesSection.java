package io.polylog.amqp.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.record.Record;
import org.jspecify.annotations.Nullable;

/** Writes the properties section (part 3, §3.2.4). */
final class PropertiesSection {
    private PropertiesSection() {}

    static void write(AmqpWriter writer, Outgoing message, Record record) {
        writer.section(Section.PROPERTIES.code());
        int list = writer.beginList();
        identifier(writer, message, Names.MESSAGE_ID);
        byte[] userId = message.bytes(Names.USER_ID);
        if (userId == null) {
            writer.nullValue();
        } else {
            writer.binary(userId);
            message.take(Names.USER_ID);
        }
        string(writer, message.text(Names.TO));
        string(writer, message.text(Names.SUBJECT));
        string(writer, message.text(Names.REPLY_TO));
        identifier(writer, message, Names.CORRELATION_ID);
        symbol(writer, message, Names.CONTENT_TYPE);
        symbol(writer, message, Names.CONTENT_ENCODING);
        timestamp(writer, message.number(Names.EXPIRES_AT, 0, Long.MAX_VALUE));
        timestamp(writer, record.timestampMs() < 0 ? null : record.timestampMs());
        string(writer, message.text(Names.GROUP_ID));
        Long sequence = message.number(Names.GROUP_SEQUENCE, 0, 0xffff_ffffL);
        if (sequence == null) {
            writer.nullValue();
        } else {
            writer.uint(sequence.intValue());
        }
        string(writer, message.text(Names.REPLY_TO_GROUP_ID));
        writer.end(list, 13);
    }

    private static void identifier(AmqpWriter writer, Outgoing message, String name) {
        byte[] bytes = message.bytes(name);
        String type = message.type(name);
        boolean allowed = type == null || type.equals("ulong") || type.equals("uuid") || type.equals("binary");
        TypedText.write(writer, allowed ? type : null, bytes);
        message.take(name);
    }

    private static void string(AmqpWriter writer, @Nullable String text) {
        if (text == null) {
            writer.nullValue();
        } else {
            writer.string(text);
        }
    }

    private static void symbol(AmqpWriter writer, Outgoing message, String name) {
        byte[] bytes = message.bytes(name);
        String text = bytes == null ? null : new String(bytes, UTF_8);
        if (text != null && Utf8.isAscii(text)) {
            writer.symbol(text);
            message.take(name);
        } else {
            writer.nullValue();
        }
    }

    private static void timestamp(AmqpWriter writer, @Nullable Long epochMs) {
        if (epochMs == null) {
            writer.nullValue();
        } else {
            writer.timestamp(epochMs);
        }
    }
}
