package io.polylog.server.badinput;

import io.polylog.server.endpoint.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A plain connection to a door: sends whatever bytes it is told to and reads what the gateway answers. It outlives the
 * gateway's closing it: what cannot be sent any more is dropped, since what a row expects is told by what is read.
 * One thread.
 */
final class Stranger implements AutoCloseable {

    /** How long the gateway may take to say something or to close: far longer than it ever should. */
    private static final int PATIENCE_MS = 20_000;

    private static final int PACE_MS = 40;

    private final Endpoint endpoint;
    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;
    private final List<Stranger> others = new ArrayList<>();

    Stranger(Endpoint endpoint) throws IOException {
        this.endpoint = endpoint;
        socket = new Socket(endpoint.host(), endpoint.port());
        socket.setSoTimeout(PATIENCE_MS);
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
    }

    /** One more connection to the same door, closed with this one. */
    Stranger another() throws IOException {
        Stranger other = new Stranger(endpoint);
        others.add(other);
        return other;
    }

    /** This one and every other. */
    List<Stranger> all() {
        List<Stranger> all = new ArrayList<>(others);
        all.add(this);
        return all;
    }

    void send(byte... bytes) {
        try {
            out.write(bytes);
        } catch (IOException closed) {
            // the gateway has closed: see what it said
        }
    }

    void send(String text) {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Sends one byte after the other, with a pause before each, until the gateway closes the connection.
     *
     * @return whether it did so before the last byte
     */
    boolean drip(byte[] bytes) throws IOException {
        socket.setSoTimeout(PACE_MS);
        try {
            for (byte one : bytes) {
                if (isClosedWithinPause()) {
                    return true;
                }
                send(one);
            }
            return false;
        } finally {
            socket.setSoTimeout(PATIENCE_MS);
        }
    }

    private boolean isClosedWithinPause() throws IOException {
        try {
            while (in.read() >= 0) {
                // what it says to what it has heard so far
            }
            return true;
        } catch (SocketTimeoutException pause) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Says that nothing more comes, and goes on listening. */
    void stopTalking() throws IOException {
        socket.shutdownOutput();
    }

    /** The end will be a reset, as when a process is killed. */
    void resetOnClose() throws IOException {
        socket.setSoLinger(true, 0);
    }

    int hearByte() throws IOException {
        return in.readUnsignedByte();
    }

    int hearInt() throws IOException {
        return in.readInt();
    }

    byte[] hear(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("closed after " + bytes.length + " of " + count + " bytes");
        }
        return bytes;
    }

    /** All that the gateway still says before it closes the connection, as it must. */
    byte[] hearToEnd() {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        try {
            for (int one = in.read(); one >= 0; one = in.read()) {
                heard.write(one);
            }
        } catch (SocketTimeoutException open) {
            throw new AssertionError("still open, after " + heard.size() + " bytes of answer", open);
        } catch (IOException reset) {
            // closed as well
        }
        return heard.toByteArray();
    }

    /** As the gateway's log names its peer. */
    String name() {
        return "=\"/" + socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort() + "\"";
    }

    @Override
    public void close() throws IOException {
        for (Stranger other : others) {
            other.close();
        }
        socket.close();
    }
}
