package io.polylog.server.badinput;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;

/** MQTT's packets as bytes, and back. */
final class MqttWire {

    static final byte[] CONNECT_5 = hex("10 0d 0004 4d515454 05 02 0000 00 0000");
    static final byte[] CONNECT_4 = hex("10 0c 0004 4d515454 04 02 0000 0000");

    private static final int MOST_BYTES_OF_LENGTH = 4;

    private MqttWire() {}

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /** A CONNECT of MQTT 5 that begins a clean session for that client. */
    static byte[] connectOf(String clientId) {
        return packet(0x10, hex("0004 4d515454 05 02 0000 00"), text(clientId));
    }

    /** A packet with the first byte given, and its length reckoned. */
    static byte[] packet(int first, byte[]... parts) {
        byte[] rest = join(parts);
        return join(new byte[] {(byte) first}, variable(rest.length), rest);
    }

    /** A variable byte integer (MQTT 5 §1.5.5). */
    static byte[] variable(int value) {
        byte[] digits = new byte[MOST_BYTES_OF_LENGTH];
        int count = 0;
        int rest = value;
        do {
            int digit = rest & 0x7F;
            rest >>>= 7;
            digits[count++] = (byte) (rest == 0 ? digit : digit | 0x80);
        } while (rest != 0);
        return Arrays.copyOf(digits, count);
    }

    /** Text with its length in front (MQTT 5 §1.5.4). */
    static byte[] text(String text) {
        return binary(text.getBytes(UTF_8));
    }

    static byte[] binary(byte... bytes) {
        return join(new byte[] {(byte) (bytes.length >> 8), (byte) bytes.length}, bytes);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** The next packet, whole. */
    static byte[] hear(Stranger stranger) throws IOException {
        int first = stranger.hearByte();
        int length = 0;
        int shift = 0;
        int digit;
        do {
            digit = stranger.hearByte();
            length |= (digit & 0x7F) << shift;
            shift += 7;
        } while ((digit & 0x80) != 0);
        return join(new byte[] {(byte) first}, variable(length), stranger.hear(length));
    }
}
