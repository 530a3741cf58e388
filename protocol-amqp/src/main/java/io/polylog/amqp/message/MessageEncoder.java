package io.polylog.amqp.message;

import io.netty.util.concurrent.FastThreadLocal;
import io.polylog.record.Header;
import io.polylog.record.Record;
import io.polylog.share.Death;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a record as an AMQP 1.0 message: the way back of the table at {@link MessageDecoder}. On every delivery it adds
 * {@code x-opt-partition}, {@code x-opt-offset}, {@code x-opt-sequence-number} and, when the record was delivered before,
 * {@code x-acquired-count}; the header's delivery-count counts failed deliveries only. A dead letter tells of its deaths in
 * {@code x-opt-deaths}.
 *
 * <p>Headers whose names the gateway or its routes reserve are left out. A field whose value does not read as the field's
 * type is shown as an application property under the header's own name. A header that repeats becomes a list, except
 * that the last counts where the name is a field.
 *
 * <p>Owned by one thread: {@link #local} gives the calling one its own.
 */
public final class MessageEncoder {
    private static final FastThreadLocal<MessageEncoder> LOCAL = new FastThreadLocal<>() {
        @Override
        protected MessageEncoder initialValue() {
            return new MessageEncoder();
        }
    };

    private final AmqpReader reader = new AmqpReader();

    private MessageEncoder() {}

    /** The calling thread's own encoder; it keeps nothing between messages. */
    public static MessageEncoder local() {
        return LOCAL.get();
    }

    /**
     * @param nowMs what the remaining time-to-live is counted from
     */
    public byte[] encode(DeliveryNote note, long nowMs) {
        Record record = note.record();
        Outgoing message = new Outgoing(reader, record);
        byte[] value = record.value();
        AmqpWriter writer = new AmqpWriter((value == null ? 0 : value.length) + 192 + 2 * message.headerBytes());
        String bodyKind = message.text(Names.BODY); // taken first, or it would be an application property too
        HeaderSection.write(writer, message, note, nowMs);
        annotations(writer, message, note);
        PropertiesSection.write(writer, message, record);
        applicationProperties(writer, message);
        body(writer, value, bodyKind);
        if (message.raw().footer().length > 0) {
            writer.section(Section.FOOTER.code());
            writer.raw(message.raw().footer());
        }
        return writer.toBytes();
    }

    private static void annotations(AmqpWriter writer, Outgoing message, DeliveryNote note) {
        writer.section(Section.MESSAGE_ANNOTATIONS.code());
        int map = writer.beginMap();
        int count = 6;
        writer.symbol(Names.X_PARTITION);
        writer.intValue(note.partition().partition());
        writer.symbol(Names.X_OFFSET);
        writer.string(Long.toString(note.offset()));
        writer.symbol(Names.X_SEQUENCE_NUMBER);
        writer.longValue(note.offset());
        byte[] key = note.record().key();
        if (key != null) {
            writer.symbol(Names.X_PARTITION_KEY);
            TypedText.write(writer, null, key);
            count += 2;
        }
        if (note.acquisitions() > 0) {
            writer.symbol(Names.X_ACQUIRED_COUNT);
            writer.uint(note.acquisitions());
            count += 2;
        }
        List<Death> deaths = Death.of(note.record().headers());
        if (!deaths.isEmpty()) {
            DeathsAnnotation.write(writer, deaths);
            count += 2;
        }
        for (Map.Entry<String, List<Header>> entry : message.rest().entrySet()) {
            String annotation = annotation(entry.getKey());
            if (annotation != null && !Names.SET_ON_DELIVERY.contains(annotation)) {
                writer.symbol(annotation);
                message.writeValue(writer, entry.getKey(), entry.getValue());
                count += 2;
            }
        }
        writer.end(map, count);
    }

    private static void applicationProperties(AmqpWriter writer, Outgoing message) {
        boolean open = false;
        int map = 0;
        int count = 0;
        for (Map.Entry<String, List<Header>> entry : message.rest().entrySet()) {
            if (annotation(entry.getKey()) != null) {
                continue;
            }
            if (!open) {
                writer.section(Section.APPLICATION_PROPERTIES.code());
                map = writer.beginMap();
                open = true;
            }
            writer.string(Names.property(entry.getKey()));
            message.writeValue(writer, entry.getKey(), entry.getValue());
            count += 2;
        }
        if (open) {
            writer.end(map, count);
        }
    }

    /** The message annotation that shows a header, or null if an application property does. Annotations are symbols, so ASCII. */
    private static @Nullable String annotation(String header) {
        if (header.equals(Names.EXCHANGE)) {
            return Names.X_EXCHANGE;
        } else if (header.equals(Names.ROUTING_KEY)) {
            return Names.X_ROUTING_KEY;
        } else if (!Utf8.isAscii(header)) {
            return null;
        } else if (header.startsWith(Names.OTHER_ANNOTATION_PREFIX)) {
            return header.substring(Names.OTHER_ANNOTATION_PREFIX.length());
        }
        return header.startsWith(Names.ANNOTATION_PREFIX) && !header.equals(Names.X_PARTITION_KEY) ? header : null;
    }

    private void body(AmqpWriter writer, byte @Nullable [] value, @Nullable String kind) {
        if (value == null) {
            writer.section(Section.VALUE.code());
            writer.nullValue();
        } else if (kind == null) {
            writer.data(value);
        } else if (kind.equals(BodySections.STRING) && Utf8.isText(value)) {
            writer.section(Section.VALUE.code());
            writer.text(value);
        } else if (BodySections.areSections(reader, kind, value)) {
            writer.raw(value);
        } else {
            writer.data(value); // somebody else put another value under the header
        }
    }
}
