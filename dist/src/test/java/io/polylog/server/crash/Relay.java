package io.polylog.server.crash;

import io.polylog.server.endpoint.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A wire between one client and the gateway that can be cut anywhere, also in the middle of a packet: neither side says
 * goodbye. Any thread; two threads of its own for each connection.
 */
final class Relay implements AutoCloseable {

    private static final int BUFFER_BYTES = 8 << 10;
    private static final int BACKLOG = 10;

    private final Endpoint gateway;
    private final ServerSocket server;
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    /** Those of which only the gateway's half is left. */
    private final Set<Wire> halves = ConcurrentHashMap.newKeySet();

    /** The two sockets of one connection. */
    private record Wire(Socket client, Socket gateway) {

        void cut() {
            reset(client);
            reset(gateway);
        }

        private static void reset(Socket socket) {
            try {
                socket.setSoLinger(true, 0); // RST: what is under way is lost
                socket.close();
            } catch (IOException closed) {
                // cut already
            }
        }
    }

    /**
     * @param gateway where it leads; nobody need be there yet
     */
    Relay(Endpoint gateway, String name) throws IOException {
        this.gateway = gateway;
        this.server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        start(this::accept, "relay-" + name);
    }

    /** Where the client finds it. */
    Endpoint endpoint() {
        return new Endpoint(gateway.host(), server.getLocalPort());
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                try {
                    join(new Wire(client, new Socket(gateway.host(), gateway.port())));
                } catch (IOException nobodyThere) {
                    client.close();
                }
            } catch (IOException closed) {
                // the loop ends, or goes on with the next client
            }
        }
    }

    private void join(Wire wire) throws IOException {
        wire.client.setTcpNoDelay(true);
        wire.gateway.setTcpNoDelay(true);
        wires.add(wire);
        start(() -> copy(wire, wire.client, wire.gateway, false), "relay-up");
        start(() -> copy(wire, wire.gateway, wire.client, true), "relay-down");
    }

    /**
     * @param ends whether the end of the one side is the end of the other; else that stays as it is
     */
    private void copy(Wire wire, Socket from, Socket to, boolean ends) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (from) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int length;
            while ((length = in.read(buffer)) >= 0) {
                out.write(buffer, 0, length);
            }
            to.shutdownOutput();
        } catch (IOException broken) {
            ends = ends || wires.contains(wire);
        }
        if (ends) {
            wires.remove(wire);
            wire.cut();
        }
    }

    /** Both sides lose the connections that there are. */
    void cut() {
        for (Wire wire : wires) {
            wires.remove(wire);
            wire.cut();
        }
    }

    /** The client loses its connections, and the gateway is not told: for it they are open, and nothing comes. */
    void cutClient() {
        for (Wire wire : wires) {
            wires.remove(wire);
            halves.add(wire);
            Wire.reset(wire.client);
        }
    }

    private static void start(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
        halves.forEach(Wire::cut);
    }
}
