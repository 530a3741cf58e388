package io.polylog.server.badinput;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where a protocol's messages begin and end in what a client says, and how a message says its own length. */
final class Framing {

    private static final int AMQP_HEADER_BYTES = 8;

    private Framing() {}

    /** The messages in order; the last may be unfinished. */
    static List<byte[]> split(Door door, byte[] stream) {
        List<byte[]> messages = new ArrayList<>();
        int start = 0;
        while (start < stream.length) {
            int length = Math.max(1, Math.min(length(door, stream, start), stream.length - start));
            messages.add(Arrays.copyOfRange(stream, start, start + length));
            start += length;
        }
        return messages;
    }

    private static int length(Door door, byte[] stream, int start) {
        int rest = stream.length - start;
        return switch (door) {
            case KAFKA -> rest < 4 ? rest : 4 + ByteBuffer.wrap(stream).getInt(start);
            case AMQP ->
                rest < AMQP_HEADER_BYTES || stream[start] == 'A'
                        ? AMQP_HEADER_BYTES
                        : ByteBuffer.wrap(stream).getInt(start);
            case MQTT -> mqttLength(stream, start);
            case HTTP -> rest;
        };
    }

    private static int mqttLength(byte[] stream, int start) {
        int length = 0;
        int index = start + 1;
        for (int shift = 0; index < stream.length && shift < 28; shift += 7) {
            int digit = stream[index++];
            length |= (digit & 0x7F) << shift;
            if (digit >= 0) {
                break;
            }
        }
        return index - start + length;
    }

    /** The message with its own length made right again. */
    static byte[] repair(Door door, byte[] message) {
        return switch (door) {
            case KAFKA -> message.length < 4 ? message : withLength(message, message.length - 4);
            case AMQP ->
                message.length < AMQP_HEADER_BYTES || message[0] == 'A' ? message : withLength(message, message.length);
            case MQTT -> repairMqtt(message);
            case HTTP -> message;
        };
    }

    private static byte[] withLength(byte[] message, int length) {
        return ByteBuffer.wrap(message).putInt(0, length).array();
    }

    private static byte[] repairMqtt(byte[] message) {
        int digits = 1;
        while (digits < 4 && digits < message.length - 1 && message[digits] < 0) {
            digits++;
        }
        return message.length <= digits
                ? message
                : MqttWire.packet(message[0] & 0xFF, Arrays.copyOfRange(message, 1 + digits, message.length));
    }
}
