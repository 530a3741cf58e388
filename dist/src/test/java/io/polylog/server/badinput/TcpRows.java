package io.polylog.server.badinput;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What may happen to any port, whatever is spoken there. */
final class TcpRows {

    private static final long SEED = 20_261_121;
    private static final int RANDOM_ROUNDS = 3;
    private static final int RANDOM_BYTES = 64 * 1024;
    private static final int IDLE_CONNECTIONS = 5_000;
    private static final int STORM_CONNECTIONS = 1_000;
    /** Files that the test and the gateway need beside the connections. */
    private static final int OTHER_FILES = 400;

    /** How a protocol, served here or not, begins. */
    private record Greeting(String protocol, byte[] bytes) {
        Greeting(String protocol, String text) {
            this(protocol, text.getBytes(ISO_8859_1));
        }

        boolean isOtherAmqp() {
            return protocol.startsWith("amqp ");
        }
    }

    private static final List<Greeting> GREETINGS = List.of(
            new Greeting("kafka", KafkaWire.greeting()),
            new Greeting("amqp", AmqpWire.HEADER),
            new Greeting("amqp 0-9-1", "AMQP\0\0\11\1"),
            new Greeting("amqp 1.0 over tls", "AMQP\2\1\0\0"),
            new Greeting("mqtt", MqttWire.CONNECT_5),
            new Greeting("http", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
            new Greeting("tls", "\26\3\1\2\0\1\0\1\374\3\3\0\0\0\0\0"),
            new Greeting("ssh", "SSH-2.0-OpenSSH_9.2\r\n"),
            new Greeting("proxy", "PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\n"));

    private TcpRows() {}

    static List<BadRow> all() {
        List<BadRow> rows = new ArrayList<>();
        for (Door door : Door.values()) {
            for (int round = 0; round < RANDOM_ROUNDS; round++) {
                byte[] noise = noise(SEED + round);
                rows.add(new BadRow(
                        Clause.TCP_RANDOM_BYTES,
                        "seed " + (SEED + round),
                        door,
                        stranger -> stranger.send(noise),
                        foreign(door)));
            }
            for (Greeting greeting : GREETINGS) {
                if (!greeting.protocol.equals(door.protocol()) && !(door == Door.HTTP && greeting.isOtherAmqp())) {
                    rows.add(greeting(door, greeting));
                }
            }
            rows.add(half(door, "hangs up at once", Stranger::stopTalking, Expected.closedQuietly()));
            rows.add(half(
                    door,
                    "hangs up in the middle",
                    stranger -> {
                        stranger.send(beginning(door));
                        stranger.stopTalking();
                    },
                    Expected.closedQuietly()));
            rows.add(drip(door));
            rows.add(new BadRow(Clause.TCP_IDLE_CONNECTIONS, "thousands", door, TcpRows::connectMany, ignored(door)));
            rows.add(new BadRow(
                    Clause.TCP_CONNECT_AND_DISCONNECT_STORM,
                    "a thousand, some in the middle of a message",
                    door,
                    stranger -> storm(stranger, beginning(door)),
                    Expected.answered(stranger -> {})));
        }
        return rows;
    }

    private static byte[] noise(long seed) {
        byte[] bytes = new byte[RANDOM_BYTES];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static BadRow greeting(Door door, Greeting greeting) {
        // AMQP's header may be the beginning of a request line, for all that HTTP can tell.
        boolean unfinished = door == Door.HTTP && greeting.protocol.equals("amqp");
        return new BadRow(
                Clause.TCP_GREETING_OF_ANOTHER_PROTOCOL,
                greeting.protocol,
                door,
                stranger -> stranger.send(greeting.bytes),
                unfinished ? Expected.closedQuietly() : foreign(door));
    }

    /** What becomes of a peer that speaks something else. */
    private static Expected foreign(Door door) {
        return switch (door) {
            case KAFKA, MQTT -> Expected.closed();
            case AMQP ->
                Expected.refused(
                        stranger -> assertThat(stranger.hearToEnd()).isEqualTo(AmqpWire.HEADER)); // part 2, §2.2
            case HTTP -> HttpRows.status(4);
        };
    }

    /** What becomes of a peer that says too little. HTTP's idle connections are so common that nobody writes of them. */
    private static Expected ignored(Door door) {
        return door == Door.HTTP ? Expected.closedQuietly() : Expected.closed();
    }

    private static BadRow half(Door door, String detail, BadRow.Attack attack, Expected expected) {
        return new BadRow(Clause.TCP_HALF_OPEN, detail, door, attack, expected);
    }

    /** The start of a message that the door would understand. */
    private static byte[] beginning(Door door) {
        return switch (door) {
            case KAFKA -> new byte[] {0, 0, 0, 40, 0, 18};
            case AMQP -> new byte[] {'A', 'M', 'Q', 'P', 0};
            case MQTT -> new byte[] {0x10, 0x20, 0, 4, 'M'};
            case HTTP -> "GET /hea".getBytes(ISO_8859_1);
        };
    }

    private static BadRow drip(Door door) {
        byte[] message = longMessage(door);
        return new BadRow(
                Clause.TCP_ONE_BYTE_NOW_AND_THEN,
                "from the first byte on",
                door,
                stranger -> assertThat(stranger.drip(message)).isTrue(),
                ignored(door));
    }

    /** What a client of the door begins with, some hundreds of bytes of it. */
    static byte[] longMessage(Door door) {
        return switch (door) {
            case KAFKA -> KafkaWire.greetingOf("k".repeat(300));
            case AMQP -> AmqpWire.openOf("a".repeat(300));
            case MQTT -> MqttWire.connectOf("m".repeat(300));
            case HTTP -> ("GET /" + "h".repeat(300) + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(ISO_8859_1);
        };
    }

    private static void connectMany(Stranger stranger) throws IOException {
        long most =
                ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getMaxFileDescriptorCount();
        long count = Math.min(IDLE_CONNECTIONS, most - OTHER_FILES);
        for (int i = 0; i < count; i++) {
            stranger.another();
        }
    }

    private static void storm(Stranger stranger, byte[] beginning) throws IOException {
        for (int i = 0; i < STORM_CONNECTIONS; i++) {
            try (Stranger passerBy = stranger.another()) {
                if (i % 2 == 1) {
                    passerBy.send(beginning);
                }
                if (i % 3 == 2) {
                    passerBy.resetOnClose();
                }
            }
        }
    }
}
