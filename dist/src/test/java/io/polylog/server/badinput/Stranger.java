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
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A plain connection to a door: sends whatever bytes it is told to and reads what the gateway answers. It outlives the
 * gateway's closing it: what cannot be sent any more is dropped, since what a row expects is told by what is read.
 * One thread.
 */
final class Stranger implements AutoCloseable {

    /** How long the gateway may take to say something or to close: far longer than it ever should. */
    private static final int PATIENCE_MS = 20_000;

    private static final int PACE_MS = 40;

    /** Far more exchanges than the gateway should put up with from somebody whom it does not know. */
    private static final int WITHOUT_END = 200_000;

    private final Endpoint endpoint;
    private final SSLContext trust;
    private final Socket plain;
    private final List<Stranger> others = new ArrayList<>();
    private Socket socket;
    private OutputStream out;
    private DataInputStream in;

    /**
     * @param trust for those that speak TLS
     */
    Stranger(Endpoint endpoint, SSLContext trust) throws IOException {
        this.endpoint = endpoint;
        this.trust = trust;
        plain = new Socket(endpoint.host(), endpoint.port());
        plain.setTcpNoDelay(true);
        socket = plain;
        speakOver(plain);
    }

    private void speakOver(Socket over) throws IOException {
        socket = over;
        socket.setSoTimeout(PATIENCE_MS);
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
    }

    /** From now on all is said and heard in that version of TLS; returns after the handshake. */
    SSLSocket startTls(String version) throws IOException {
        SSLSocket secure =
                (SSLSocket) trust.getSocketFactory().createSocket(plain, endpoint.host(), endpoint.port(), true);
        secure.setEnabledProtocols(new String[] {version});
        speakOver(secure);
        secure.startHandshake();
        return secure;
    }

    /** Says something past TLS, as somebody does who got in between. */
    void sendPlainly(byte... bytes) throws IOException {
        plain.getOutputStream().write(bytes);
    }

    /** One more connection to the same door, closed with this one. */
    Stranger another() throws IOException {
        Stranger other = new Stranger(endpoint, trust);
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

    /** Says the same Kafka request again and again, each time after the answer, until the gateway closes the connection. */
    void insist(byte[]... requests) {
        for (int i = 0; i < WITHOUT_END; i++) {
            send(requests[i % requests.length]);
            try {
                hear(hearInt());
            } catch (SocketTimeoutException open) {
                throw new AssertionError("neither answered nor closed, after " + i + " answers", open);
            } catch (IOException closed) {
                return;
            }
        }
        throw new AssertionError("still open after " + WITHOUT_END + " answers");
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
        plain.setSoLinger(true, 0);
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
        return "=\"/" + plain.getLocalAddress().getHostAddress() + ":" + plain.getLocalPort() + "\"";
    }

    @Override
    public void close() throws IOException {
        for (Stranger other : others) {
            other.close();
        }
        socket.close();
    }
}
