package io.polylog.amqp.message;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The body of one message as it is read: which sections it has, and where. AMQP part 3, §3.2: one or more data sections,
 * one or more sequences, or one value. No body at all counts as {@code amqp-value(null)}.
 */
final class BodySections {
    static final String STRING = "str";
    static final String VALUE = "value";
    static final String SEQUENCE = "seq";
    static final String MULTIPLE_DATA = "multi";

    private @Nullable Section kind;
    private int count;
    private int start;
    private int end;
    private byte @Nullable [] single;
    private boolean isText;

    /** Reads the section whose descriptor has just been read. */
    void read(AmqpReader reader, Section section, int sectionStart) {
        if (count == 0) {
            kind = section;
            start = sectionStart;
        } else if (kind == Section.VALUE || kind != section) {
            throw AmqpReader.malformed("the body is data sections, sequences, or one value");
        }
        count++;
        switch (section) {
            case DATA -> single = reader.binary();
            case VALUE -> readValue(reader);
            default -> readSequence(reader);
        }
        end = reader.position();
    }

    private void readValue(AmqpReader reader) {
        int type = reader.peekType();
        if (type == 0xa1 || type == 0xb1) {
            byte[] raw = reader.rawValue();
            single = Arrays.copyOfRange(raw, type == 0xa1 ? 2 : 5, raw.length);
            isText = true;
            if (!Utf8.isText(single)) {
                throw AmqpReader.malformed("a string is UTF-8");
            }
        } else if (type == 0x40) {
            reader.skip();
            kind = null;
        } else {
            reader.value(); // to the bottom: whoever consumes this gets it as it is
        }
    }

    private static void readSequence(AmqpReader reader) {
        int type = reader.peekType();
        if (type != 0x45 && type != 0xc0 && type != 0xd0) {
            throw AmqpReader.malformed("an amqp-sequence holds a list");
        }
        reader.value();
    }

    void store(byte[] message, RecordAssembly record) {
        if (kind == null) {
            record.body(null);
        } else if (kind == Section.DATA && count == 1) {
            record.body(single);
        } else if (isText && single != null) {
            record.body(STRING, single);
        } else {
            String name = switch (kind) {
                case DATA -> MULTIPLE_DATA;
                case SEQUENCE -> SEQUENCE;
                default -> VALUE;
            };
            record.body(name, Arrays.copyOfRange(message, start, end));
        }
    }

    /** Whether stored bytes are body sections of that kind, and nothing else. */
    static boolean areSections(AmqpReader reader, String kind, byte[] stored) {
        Section expected = switch (kind) {
            case VALUE -> Section.VALUE;
            case SEQUENCE -> Section.SEQUENCE;
            case MULTIPLE_DATA -> Section.DATA;
            default -> Section.HEADER;
        };
        BodySections body = new BodySections();
        try {
            reader.begin(stored);
            while (reader.hasRemaining()) {
                int start = reader.position();
                Section section = reader.section();
                if (section != expected) {
                    return false;
                }
                body.read(reader, section, start);
            }
            return body.count > 0;
        } catch (MessageRefusedException malformed) {
            return false;
        } finally {
            reader.end();
        }
    }
}
