package io.polylog.server.it;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;

/** First bytes of a connection that no door should put up with. */
final class HostileInput {

    private static final long SEED = 20_261_121;
    private static final int RANDOM_BYTES = 64 * 1024;

    private HostileInput() {}

    /** How each protocol, and some that are not served, would greet. */
    static final Map<String, byte[]> GREETINGS = Map.of(
            "kafka", kafkaApiVersions(),
            "amqp", new byte[] {'A', 'M', 'Q', 'P', 0, 1, 0, 0},
            "amqp 0-9-1", new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1},
            "mqtt", mqttConnect(),
            "http", "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII),
            "tls", new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3, 0, 0, 0, 0, 0},
            "ssh", "SSH-2.0-OpenSSH_9.2\r\n".getBytes(US_ASCII));

    /** A frame that says it is the longest there can be, in the protocol's own form. */
    static byte[] oversizedFrame(String protocol) {
        return switch (protocol) {
            case "kafka" ->
                ByteBuffer.allocate(8).putInt(Integer.MAX_VALUE).putInt(0).array();
            // The header, then a frame of 4 GiB.
            case "amqp" ->
                ByteBuffer.allocate(16)
                        .put(new byte[] {'A', 'M', 'Q', 'P', 0, 1, 0, 0})
                        .putInt(-1)
                        .put(new byte[] {2, 0, 0, 0})
                        .array();
            // CONNECT with a remaining length of five bytes.
            case "mqtt" -> new byte[] {0x10, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f};
            case "http" -> ("GET /" + "x".repeat(100_000) + " HTTP/1.1\r\n\r\n").getBytes(US_ASCII);
            default -> throw new IllegalArgumentException(protocol);
        };
    }

    static byte[] randomBytes(int round) {
        byte[] bytes = new byte[RANDOM_BYTES];
        new Random(SEED + round).nextBytes(bytes);
        return bytes;
    }

    private static byte[] kafkaApiVersions() {
        byte[] client = "probe".getBytes(US_ASCII);
        return ByteBuffer.allocate(4 + 8 + 2 + client.length)
                .putInt(8 + 2 + client.length)
                .putShort((short) 18)
                .putShort((short) 0)
                .putInt(1)
                .putShort((short) client.length)
                .put(client)
                .array();
    }

    private static byte[] mqttConnect() {
        return ByteBuffer.allocate(15)
                .put(new byte[] {0x10, 13, 0, 4})
                .put("MQTT".getBytes(US_ASCII))
                .put(new byte[] {4, 2, 0, 60, 0, 1, 'x'})
                .array();
    }
}
