package io.polylog.server.badinput;

import io.polylog.server.endpoint.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A port that passes connections on to a door and keeps what went each way. Threads of its own, two for each connection;
 * {@link #close} ends them.
 */
final class Recorder implements AutoCloseable {

    private static final int CHUNK_BYTES = 8192;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Conversation> conversations = new CopyOnWriteArrayList<>();
    private volatile Endpoint door;

    Recorder() throws IOException {}

    /** What one connection had to say. */
    private static final class Conversation {
        final Socket client;
        final Socket gateway;
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final ByteArrayOutputStream answered = new ByteArrayOutputStream();

        Conversation(Socket client, Socket gateway) {
            this.client = client;
            this.gateway = gateway;
        }
    }

    int port() {
        return server.getLocalPort();
    }

    Endpoint endpoint() {
        return new Endpoint(InetAddress.getLoopbackAddress().getHostAddress(), port());
    }

    /** Begins to accept connections, for that door. */
    void passOnTo(Endpoint target) {
        door = target;
        start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Conversation conversation = new Conversation(client, new Socket(door.host(), door.port()));
                conversations.add(conversation);
                start(() -> pump(client, conversation.gateway, conversation.said));
                start(() -> pump(conversation.gateway, client, conversation.answered));
            }
        } catch (IOException closed) {
            // the recording is over
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "recorder");
        thread.setDaemon(true);
        thread.start();
    }

    private static void pump(Socket from, Socket to, ByteArrayOutputStream copy) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                copy.write(chunk, 0, count);
                out.write(chunk, 0, count);
            }
        } catch (IOException closed) {
            // by either side
        }
    }

    /** What clients said, one array for each connection on which both sides said something. */
    List<byte[]> recordings() {
        return conversations.stream()
                .filter(conversation -> conversation.said.size() > 0 && conversation.answered.size() > 0)
                .map(conversation -> conversation.said.toByteArray())
                .toList();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Conversation conversation : conversations) {
            conversation.client.close();
            conversation.gateway.close();
        }
    }
}
