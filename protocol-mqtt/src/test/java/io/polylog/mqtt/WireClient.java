package io.polylog.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * A client of bare packets, for what no library would send or show. It never answers by itself; what it receives is a line
 * of text such as {@code PUBLISH q1 id=1 dup a/b payload}.
 */
final class WireClient implements AutoCloseable {

    private static final int PATIENCE_MS = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private final int version;

    WireClient(MqttGateway gateway, int version) throws IOException {
        this.version = version;
        socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
        socket.setSoTimeout(PATIENCE_MS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /** An MQTT 5 client with a session that lasts; answers the CONNACK. */
    static WireClient lasting(MqttGateway gateway, String clientId, boolean cleanStart) throws IOException {
        WireClient client = new WireClient(gateway, 5);
        client.connect(clientId, cleanStart, "11 ffffffff");
        return client;
    }

    /**
     * @param properties of MQTT 5, in hexadecimal
     */
    WireClient connect(String clientId, boolean clean, String properties) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        text(body, "MQTT");
        body.write(version);
        body.write(clean ? 2 : 0);
        body.write(new byte[] {0, 0});
        properties(body, properties);
        text(body, clientId);
        return send(0x10, body);
    }

    /** With a will of QoS 1. */
    WireClient connectWithWill(
            String clientId, boolean clean, String properties, String willProperties, String topic, String payload)
            throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        text(body, "MQTT");
        body.write(version);
        body.write((clean ? 2 : 0) | 0x0c);
        body.write(new byte[] {0, 0});
        properties(body, properties);
        text(body, clientId);
        properties(body, willProperties);
        text(body, topic);
        text(body, payload);
        return send(0x10, body);
    }

    WireClient subscribe(int packetId, String filter, int options) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        number(body, packetId);
        properties(body, "");
        text(body, filter);
        body.write(options);
        return send(0x82, body);
    }

    WireClient publish(int flags, int packetId, String topic, String payload) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        text(body, topic);
        if ((flags & 6) != 0) {
            number(body, packetId);
        }
        properties(body, "");
        body.writeBytes(payload.getBytes(UTF_8));
        return send(0x30 | flags, body);
    }

    WireClient pubAck(int packetId) throws IOException {
        return answer(0x40, packetId);
    }

    WireClient pubRec(int packetId) throws IOException {
        return answer(0x50, packetId);
    }

    WireClient pubRel(int packetId) throws IOException {
        return answer(0x62, packetId);
    }

    WireClient pubComp(int packetId) throws IOException {
        return answer(0x70, packetId);
    }

    /** An acknowledgement with a reason of MQTT 5. */
    WireClient answer(int type, int packetId, int reason) throws IOException {
        return raw(HexFormat.of()
                .formatHex(new byte[] {(byte) type, 3, (byte) (packetId >> 8), (byte) packetId, (byte) reason}));
    }

    private WireClient answer(int type, int packetId) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        number(body, packetId);
        return send(type, body);
    }

    WireClient raw(String hex) throws IOException {
        socket.getOutputStream().write(HexFormat.of().parseHex(hex.replace(" ", "")));
        return this;
    }

    /** The next packet as text. */
    String next() throws IOException {
        int first = in.read();
        if (first < 0) {
            return "closed";
        }
        byte[] body = new byte[variableInt()];
        in.readFully(body);
        ByteBuffer rest = ByteBuffer.wrap(body);
        return switch (first >> 4) {
            case 2 -> "CONNACK present=" + rest.get() + " " + code(rest);
            case 3 -> publish(first, rest);
            case 4 -> "PUBACK " + acknowledgement(rest);
            case 5 -> "PUBREC " + acknowledgement(rest);
            case 6 -> "PUBREL " + acknowledgement(rest);
            case 7 -> "PUBCOMP " + acknowledgement(rest);
            case 9 ->
                "SUBACK id=" + rest.getShort() + " "
                        + HexFormat.of().formatHex(body, version == 5 ? 3 : 2, body.length);
            case 11 -> "UNSUBACK id=" + rest.getShort();
            case 13 -> "PINGRESP";
            case 14 -> "DISCONNECT " + code(rest);
            default -> throw new IOException("packet of type " + (first >> 4));
        };
    }

    /** Whether nothing more comes before the answer to a ping. */
    boolean isQuiet() throws IOException {
        raw("c000");
        return next().equals("PINGRESP");
    }

    private String publish(int first, ByteBuffer rest) {
        byte[] topic = new byte[rest.getShort()];
        rest.get(topic);
        int qos = (first >> 1) & 3;
        String id = qos == 0 ? "" : " id=" + rest.getShort();
        if (version == 5) {
            int length = rest.get();
            rest.position(rest.position() + length);
        }
        byte[] payload = new byte[rest.remaining()];
        rest.get(payload);
        return "PUBLISH q" + qos + id + ((first & 8) != 0 ? " dup" : "") + ((first & 1) != 0 ? " retain" : "") + " "
                + new String(topic, UTF_8) + " " + new String(payload, UTF_8);
    }

    private static String acknowledgement(ByteBuffer rest) {
        String id = "id=" + (rest.getShort() & 0xFFFF);
        return rest.hasRemaining() ? id + " " + code(rest) : id;
    }

    private static String code(ByteBuffer rest) {
        return rest.hasRemaining() ? String.format("%02x", rest.get()) : "00";
    }

    private int variableInt() throws IOException {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            int digit = in.read();
            if (digit < 0) {
                throw new EOFException();
            }
            value |= (digit & 0x7F) << shift;
            if ((digit & 0x80) == 0) {
                return value;
            }
        }
    }

    private WireClient send(int first, ByteArrayOutputStream body) throws IOException {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(first);
        int rest = body.size();
        while (rest > 0x7F) {
            packet.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        packet.write(rest);
        packet.writeBytes(body.toByteArray());
        socket.getOutputStream().write(packet.toByteArray());
        return this;
    }

    private void properties(ByteArrayOutputStream body, String hex) {
        if (version == 5) {
            byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
            body.write(bytes.length);
            body.writeBytes(bytes);
        }
    }

    private static void text(ByteArrayOutputStream body, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        number(body, bytes.length);
        body.writeBytes(bytes);
    }

    private static void number(ByteArrayOutputStream body, int value) {
        body.write(value >> 8);
        body.write(value);
    }

    /** As a client does that goes in an orderly way: DISCONNECT first. */
    void disconnect() throws IOException {
        raw("e000");
        try {
            while (in.read() >= 0) {
                // what is still on its way
            }
        } catch (SocketTimeoutException stuck) {
            throw new IOException("the gateway does not close", stuck);
        }
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
