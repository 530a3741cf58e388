package io.polylog.mqtt;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HexFormat;

/** A socket that speaks exactly what a test tells it to, in hexadecimal. */
final class RawClient implements AutoCloseable {

    static final String CONNECT_5 = "10 0d 0004 4d515454 05 02 0000 00 0000";
    static final String CONNECT_4 = "10 0c 0004 4d515454 04 02 0000 0000";

    final Socket socket;
    private final InputStream in;

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        in = socket.getInputStream();
    }

    RawClient send(String hex) throws IOException {
        socket.getOutputStream().write(HexFormat.of().parseHex(hex.replace(" ", "")));
        return this;
    }

    /** One whole packet in hexadecimal. */
    String packet() throws IOException {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(read());
        int remaining = 0;
        int shift = 0;
        int digit;
        do {
            digit = read();
            packet.write(digit);
            remaining |= (digit & 0x7F) << shift;
            shift += 7;
        } while ((digit & 0x80) != 0);
        byte[] rest = in.readNBytes(remaining);
        if (rest.length < remaining) {
            throw new EOFException();
        }
        packet.writeBytes(rest);
        return HexFormat.of().formatHex(packet.toByteArray());
    }

    /** Everything until the server closes, in hexadecimal. */
    String untilClosed() throws IOException {
        return HexFormat.of().formatHex(in.readAllBytes());
    }

    private int read() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException();
        }
        return value;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
