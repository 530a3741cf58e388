package io.polylog.amqp.message;

import org.jspecify.annotations.Nullable;

/** Writes the header section (part 3, §3.2.1): durable, priority, ttl, first-acquirer, delivery-count. */
final class HeaderSection {
    private static final long MAX_UINT = 0xffff_ffffL;

    private HeaderSection() {}

    static void write(AmqpWriter writer, Outgoing message, DeliveryNote note, long nowMs) {
        writer.section(Section.HEADER.code());
        int list = writer.beginList();
        String durable = message.text(Names.DURABLE);
        if (durable == null) {
            writer.nullValue();
        } else {
            writer.bool(durable.equals("true"));
        }
        Long priority = message.number(Names.PRIORITY, 0, 255);
        if (priority == null) {
            writer.nullValue();
        } else {
            writer.ubyte(priority.intValue());
        }
        Long expiresAt = expiresAt(message);
        if (expiresAt == null) {
            writer.nullValue();
        } else {
            writer.uint((int) Math.min(Math.max(expiresAt - nowMs, 0), MAX_UINT));
        }
        writer.bool(note.acquisitions() == 0);
        writer.uint(note.failures());
        writer.end(list, 5);
    }

    /** Read here and taken by the properties section, which shows it as well. */
    private static @Nullable Long expiresAt(Outgoing message) {
        return message.peekNumber(Names.EXPIRES_AT, 0, Long.MAX_VALUE);
    }
}
