package io.polylog.amqp.message;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;

/**
 * The header {@code amqp.raw}: one AMQP map with the exact encodings of what a record header cannot hold as text. A
 * string key is the name of the record header whose value it is; the symbol {@code footer} holds the footer section.
 */
final class RawValues {
    private static final String FOOTER = "footer";

    private final Map<String, byte[]> byHeader = new LinkedHashMap<>();
    private byte[] footer = {};

    boolean isEmpty() {
        return byHeader.isEmpty() && footer.length == 0;
    }

    void put(String header, byte[] encoded) {
        byHeader.put(header, encoded);
    }

    void footer(byte[] encodedMap) {
        footer = encodedMap;
    }

    Map<String, byte[]> byHeader() {
        return byHeader;
    }

    /** The encoded map of the footer section; empty if there is none. */
    byte[] footer() {
        return footer;
    }

    byte[] encode() {
        AmqpWriter writer = new AmqpWriter(256);
        int map = writer.beginMap();
        int count = 0;
        for (Map.Entry<String, byte[]> entry : byHeader.entrySet()) {
            writer.string(entry.getKey());
            writer.raw(entry.getValue());
            count += 2;
        }
        if (footer.length > 0) {
            writer.symbol(FOOTER);
            writer.raw(footer);
            count += 2;
        }
        writer.end(map, count);
        return writer.toBytes();
    }

    /** Reads such a header. One that is malformed, which only another writer can have made, counts as empty. */
    static RawValues decode(AmqpReader reader, byte[] encoded) {
        RawValues values = new RawValues();
        try {
            reader.begin(encoded);
            AmqpReader.MapFrame map = reader.beginMap();
            for (int i = 0; i < map.pairs(); i++) {
                Object key = reader.value();
                int type = reader.peekType();
                int from = reader.position();
                reader.value(); // decoded to the bottom, so that nothing malformed is ever sent on
                byte[] value = reader.slice(from, reader.position());
                if (key instanceof String header) {
                    values.put(header, value);
                } else if (key instanceof Symbol symbol && symbol.toString().equals(FOOTER)) {
                    boolean aMap = type == 0xc1 || type == 0xd1;
                    values.footer(aMap ? value : new byte[0]);
                }
            }
            reader.endMap(map);
            return values;
        } catch (MessageRefusedException malformed) {
            return new RawValues();
        } finally {
            reader.end();
        }
    }
}
