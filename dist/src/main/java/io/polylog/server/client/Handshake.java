package io.polylog.server.client;

import io.polylog.server.endpoint.Endpoint;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Finds out whether a gateway's Kafka door is at an address: Kafka's own clients would try for ever where nothing listens, and
 * take the answer of another protocol for one of more than a gigabyte. It asks for ApiVersions v0, which every
 * server of Kafka's protocol answers (KIP-35).
 */
final class Handshake {

    private static final int PATIENCE_MS = 3_000;
    private static final int LONGEST_ANSWER_BYTES = 64 * 1024;

    private static final int REQUEST_BYTES = 10;
    private static final int API_VERSIONS = 18;
    private static final int NO_CLIENT_ID = -1;
    private static final int CORRELATION_ID = 0x706F_6C79;

    private Handshake() {}

    /**
     * @throws ClientException if nothing is there, or something else
     */
    static void with(Endpoint endpoint) throws ClientException {
        String host = endpoint.host().replace("[", "").replace("]", "");
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, endpoint.port()), PATIENCE_MS);
            socket.setSoTimeout(PATIENCE_MS);
            if (!answers(socket)) {
                throw new ClientException("what answers at " + endpoint + " is no Kafka door of a gateway");
            }
        } catch (IOException absent) {
            throw new ClientException(
                    "no gateway answers at " + endpoint
                            + "; start one with \"polylog start\", or say with --bootstrap HOST:PORT where it is",
                    absent);
        }
    }

    private static boolean answers(Socket socket) throws IOException {
        DataOutputStream request = new DataOutputStream(socket.getOutputStream());
        request.writeInt(REQUEST_BYTES);
        request.writeShort(API_VERSIONS);
        request.writeShort(0);
        request.writeInt(CORRELATION_ID);
        request.writeShort(NO_CLIENT_ID);
        request.flush();
        try {
            DataInputStream answer = new DataInputStream(socket.getInputStream());
            int bytes = answer.readInt();
            return bytes > Integer.BYTES && bytes <= LONGEST_ANSWER_BYTES && answer.readInt() == CORRELATION_ID;
        } catch (IOException hungUp) { // or silent; or too short an answer
            return false;
        }
    }
}
