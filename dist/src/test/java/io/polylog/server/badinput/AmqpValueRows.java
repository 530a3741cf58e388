package io.polylog.server.badinput;

import static io.polylog.server.badinput.AmqpWire.frame;
import static io.polylog.server.badinput.AmqpWire.join;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Role;

/**
 * Encoded values that lie or go too deep (AMQP 1.0 part 1): in a performative they end the connection, in a message they
 * have that one rejected.
 */
final class AmqpValueRows {

    private static final byte[] NULL = {0x40};
    private static final int DEPTH = 10_000;

    private AmqpValueRows() {}

    static List<BadRow> all() {
        List<BadRow> rows = new ArrayList<>();
        add(rows, Clause.AMQP_DEEP_NESTING, "lists", nested(new byte[] {(byte) 0xd0}, DEPTH));
        add(rows, Clause.AMQP_DEEP_NESTING, "maps", nested(new byte[] {(byte) 0xd1}, DEPTH));
        add(rows, Clause.AMQP_DEEP_NESTING, "arrays", nestedArrays(DEPTH));
        add(rows, Clause.AMQP_DEEP_NESTING, "descriptors", new byte[DEPTH]);
        add(rows, Clause.AMQP_ODD_MAP, "map8", new byte[] {(byte) 0xc1, 4, 3, 0x40, 0x40, 0x40});
        add(rows, Clause.AMQP_ODD_MAP, "map32", new byte[] {(byte) 0xd1, 0, 0, 0, 5, 0, 0, 0, 1, 0x40});
        add(rows, Clause.AMQP_ARRAY_COUNT, "2^32-1 nulls", array(-1, 0x40));
        add(rows, Clause.AMQP_ARRAY_COUNT, "2^31-1 trues", array(Integer.MAX_VALUE, 0x41));
        add(rows, Clause.AMQP_ARRAY_COUNT, "2^30 uint0", array(1 << 30, 0x43));
        add(rows, Clause.AMQP_ARRAY_COUNT, "2^31-1 empty lists", array(Integer.MAX_VALUE, 0x45));
        add(rows, Clause.AMQP_ARRAY_COUNT, "2^31-1 longs", array(Integer.MAX_VALUE, 0x81));
        add(rows, Clause.AMQP_ARRAY_COUNT, "list of 2^31-1", new byte[] {(byte) 0xd0, 0, 0, 0, 8, 127, -1, -1, -1, 64});
        add(rows, Clause.AMQP_ARRAY_COUNT, "map of 2^31-2", new byte[] {(byte) 0xd1, 0, 0, 0, 8, 127, -1, -1, -2, 64});
        add(rows, Clause.AMQP_STRING_OF_4_GIB, "string", new byte[] {(byte) 0xb1, -1, -1, -1, -1, 'x'});
        add(rows, Clause.AMQP_STRING_OF_4_GIB, "binary", new byte[] {(byte) 0xb0, -1, -1, -1, -1, 'x'});
        add(rows, Clause.AMQP_STRING_OF_4_GIB, "symbol of 2^31-1", new byte[] {(byte) 0xb3, 127, -1, -1, -1, 'x'});
        add(rows, Clause.AMQP_STRING_OF_4_GIB, "list", new byte[] {(byte) 0xd0, -1, -1, -1, -1, 0, 0, 0, 1, 64});
        addSymbols(rows, new byte[] {(byte) 0xa3, 4, 'c', 'a', 'f', (byte) 0xe9});
        return rows;
    }

    /** A value within a value, as deep as that; each level holds one more, and maps a key. */
    private static byte[] nested(byte[] constructor, int depth) {
        boolean map = constructor[0] == (byte) 0xd1;
        byte[] bytes = NULL;
        int each = map ? 10 : 9;
        ByteBuffer all = ByteBuffer.allocate(depth * each + bytes.length);
        for (int level = 0; level < depth; level++) {
            int inside = all.capacity() - all.position() - 5;
            all.put(constructor).putInt(inside).putInt(map ? 2 : 1);
            if (map) {
                all.put(NULL);
            }
        }
        return all.put(bytes).array();
    }

    private static byte[] nestedArrays(int depth) {
        ByteBuffer all = ByteBuffer.allocate(5 + 4 + depth * 9 + 1);
        all.put((byte) 0xf0);
        for (int level = 0; level <= depth; level++) {
            int inside = all.capacity() - all.position() - 4;
            all.putInt(inside).putInt(1);
            if (level < depth) {
                all.put((byte) 0xf0);
            }
        }
        return all.array();
    }

    private static byte[] array(int count, int constructor) {
        return ByteBuffer.allocate(10)
                .put((byte) 0xf0)
                .putInt(5)
                .putInt(count)
                .put((byte) constructor)
                .array();
    }

    private static void add(List<BadRow> rows, Clause clause, String detail, byte[] value) {
        rows.add(AmqpRows.closing(clause, detail + " in an attach", "amqp:decode-error", stranger -> {
            AmqpWire.begin(stranger);
            stranger.send(frame(0, performative(value)));
        }));
        rows.add(new BadRow(
                clause,
                detail + " in a message",
                Door.AMQP,
                stranger -> transfer(stranger, value),
                Expected.answered(stranger -> {
                    Disposition disposition = AmqpWire.hear(stranger, Disposition.class);
                    assertThat(disposition.getState()).isInstanceOf(Rejected.class);
                    assertThat(((Rejected) disposition.getState()).getError().getDescription())
                            .doesNotContain("Exception");
                })));
    }

    /** Not ASCII, as it should be, but a byte a character all the same: let pass. */
    private static void addSymbols(List<BadRow> rows, byte[] symbol) {
        rows.add(new BadRow(
                Clause.AMQP_SYMBOL,
                "Latin-1 in an attach",
                Door.AMQP,
                stranger -> {
                    AmqpWire.begin(stranger);
                    stranger.send(frame(0, performative(symbol)));
                },
                Expected.answered(stranger -> AmqpWire.hear(stranger, Attach.class))));
        rows.add(new BadRow(
                Clause.AMQP_SYMBOL,
                "Latin-1 in a message",
                Door.AMQP,
                stranger -> transfer(stranger, symbol),
                Expected.answered(stranger -> assertThat(
                                AmqpWire.hear(stranger, Disposition.class).getState())
                        .isInstanceOf(Accepted.class))));
    }

    /** Sends a message with that value as its body. */
    private static void transfer(Stranger stranger, byte[] value) throws IOException {
        AmqpWire.attach(stranger, Role.SENDER, "strange");
        stranger.send(frame(AmqpWire.transfer(0), join(new byte[] {0, 0x53, 0x77}, value)));
    }

    /** An attach with the value as one of its properties (part 2, §2.7.3). */
    private static byte[] performative(byte[] value) {
        byte[] key = {(byte) 0xa3, 1, 'k'};
        byte[] properties = join(
                new byte[] {(byte) 0xd1},
                ByteBuffer.allocate(8)
                        .putInt(4 + key.length + value.length)
                        .putInt(2)
                        .array(),
                key,
                value);
        byte[] name = {(byte) 0xa1, 1, 'x'};
        byte[] handle = {0x43};
        byte[] receiver = {0x41};
        byte[] until = "@".repeat(10).getBytes(ISO_8859_1); // nulls
        byte[] fields = join(name, handle, receiver, until, properties);
        return join(
                new byte[] {0, 0x53, 0x12, (byte) 0xd0},
                ByteBuffer.allocate(8).putInt(4 + fields.length).putInt(14).array(),
                fields);
    }
}
