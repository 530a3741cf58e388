package io.polylog.server.badinput;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.ArrayOf;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * Requests of every Kafka API in every version, as their schemas have them, now and then with a length, a count or a
 * number that is not so. They name nothing that belongs to the stock clients beside them. The same random numbers make
 * the same requests.
 */
final class KafkaRequests {

    private static final List<ApiKeys> APIS = List.copyOf(ApiKeys.apisForListener(ListenerType.BROKER));
    private static final List<String> NAMES = List.of(
            "fuzz-a",
            "fuzz-b",
            "fuzz-group",
            "",
            "range",
            "consumer",
            "retention.ms",
            "user",
            "client-id",
            "5",
            "__consumer_offsets",
            "Ongoing",
            "not a name",
            "x".repeat(300));
    private static final int[] NUMBERS = {
        0, 1, 2, 3, 5, 100, -1, -2, -6, 127, -128, 32_767, Integer.MAX_VALUE, Integer.MIN_VALUE
    };
    private static final int[] LIES = {
        0, -1, -2, 1, 127, 255, 65_535, 1 << 20, 1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE
    };

    /** Of so many lengths and counts one is a lie. */
    private static final int HONEST = 60;

    private static final int MOST_ELEMENTS = 4;
    private static final int MOST_NOISE = 64;

    private final Random random;
    private ByteArrayOutputStream out = new ByteArrayOutputStream();

    KafkaRequests(Random random) {
        this.random = random;
    }

    /** A request, framed. */
    byte[] next() {
        ApiKeys key = APIS.get(random.nextInt(APIS.size()));
        int version = key.oldestVersion() + random.nextInt(key.latestVersion() - key.oldestVersion() + 1);
        out = new ByteArrayOutputStream();
        write(ApiMessageType.fromApiKey(key.id).requestSchemas()[version]);
        return KafkaWire.frame(key, version, out.toByteArray());
    }

    private void write(Type type) {
        if (type instanceof Schema schema) {
            for (BoundField field : schema.fields()) {
                write(field.def.type);
            }
        } else if (type instanceof ArrayOf array) {
            int count = random.nextInt(MOST_ELEMENTS) - (array.isNullable() ? 1 : 0);
            fixed(4, length(count));
            elements(array.arrayElementType().orElseThrow(), count);
        } else if (type instanceof CompactArrayOf array) {
            int count = random.nextInt(MOST_ELEMENTS) - (array.isNullable() ? 1 : 0);
            varint(length(count) + 1);
            elements(array.arrayElementType().orElseThrow(), count);
        } else if (type instanceof TaggedFields) {
            tags();
        } else {
            primitive(type.toString());
        }
    }

    private void elements(Type type, int count) {
        for (int i = 0; i < count; i++) {
            write(type);
        }
    }

    private void tags() {
        int count = random.nextInt(20) == 0 ? 1 + random.nextInt(3) : 0;
        varint(length(count));
        for (int tag = 0; tag < count; tag++) {
            varint(random.nextInt(3) == 0 ? number() : tag);
            bytes(noise(), true, 0);
        }
    }

    private void primitive(String type) {
        boolean compact = type.startsWith("COMPACT_");
        switch (type.replace("COMPACT_", "").replace("NULLABLE_", "")) {
            case "BOOLEAN", "INT8" -> fixed(1, number());
            case "INT16", "UINT16" -> fixed(2, number());
            case "INT32", "UNSIGNED_INT32" -> fixed(4, number());
            case "INT64", "FLOAT64" -> fixed(8, random.nextInt(8) == 0 ? random.nextLong() : number());
            case "UUID" -> {
                fixed(8, number());
                fixed(8, number());
            }
            case "VARINT", "VARLONG" -> varint(number());
            case "STRING" -> text(compact, type.contains("NULLABLE"));
            case "BYTES" -> bytes(noise(), compact, 1);
            case "RECORDS" -> bytes(records(), compact, 1);
            default -> throw new IllegalStateException(type);
        }
    }

    private int number() {
        return NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private int length(int honest) {
        return random.nextInt(HONEST) == 0 ? LIES[random.nextInt(LIES.length)] : honest;
    }

    private void text(boolean compact, boolean nullable) {
        boolean absent = nullable && random.nextInt(4) == 0;
        byte[] text =
                absent ? new byte[0] : NAMES.get(random.nextInt(NAMES.size())).getBytes(UTF_8);
        int length = length(absent ? -1 : text.length);
        if (compact) {
            varint(length + 1);
        } else {
            fixed(2, length);
        }
        out.writeBytes(text);
    }

    /**
     * @param offset what a compact length is more than the number of bytes
     */
    private void bytes(byte[] bytes, boolean compact, int offset) {
        int length = length(bytes.length);
        if (compact) {
            varint(length + offset);
        } else {
            fixed(4, length);
        }
        out.writeBytes(bytes);
    }

    private byte[] noise() {
        byte[] noise = new byte[random.nextInt(MOST_NOISE)];
        random.nextBytes(noise);
        return noise;
    }

    /** A batch, mostly a good one. */
    private byte[] records() {
        ByteBuffer batch = MemoryRecords.withRecords(
                        Compression.NONE,
                        new SimpleRecord(1, "k".getBytes(UTF_8), WatchedGateway.SECRET.getBytes(UTF_8)))
                .buffer();
        byte[] bytes = new byte[batch.remaining()];
        batch.get(bytes);
        if (random.nextInt(3) == 0) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private void fixed(int width, long value) {
        for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
            out.write((int) (value >> shift));
        }
    }

    private void varint(int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            out.write(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }
}
