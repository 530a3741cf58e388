package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.testkit.TestAuthority;
import io.polylog.testkit.TestGateway;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What peers may do to TLS that no client does; others are served meanwhile. */
class TlsStrangerTest {

    private static final int PATIENCE_MS = 20_000;

    /** ApiVersions 0, correlation id 1, no client id. */
    private static final byte[] QUESTION = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, -1, -1};

    @TempDir
    static Path directory;

    private static TestAuthority authority;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        authority = new TestAuthority(Files.createDirectory(directory.resolve("tls")));
        TestAuthority.Identity server = authority.issue("CN=gateway");
        Map<String, String> settings = Map.of(
                "kafka.tls.certificate", server.chain().toString(),
                "kafka.tls.key", server.key().toString());
        gateway = TestGateway.start(directory.resolve("data"), settings, new KafkaAdapterFactory());
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @AfterEach
    void othersAreServed() throws Exception {
        SecureClients.produce(SecureClients.tls(gateway.tlsPort("kafka"), authority), "t", new byte[] {1});
    }

    private static SSLSocket connect(String version) throws Exception {
        SSLSocket socket =
                (SSLSocket) authority.trusting().getSocketFactory().createSocket("127.0.0.1", gateway.tlsPort("kafka"));
        socket.setEnabledProtocols(new String[] {version});
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    /** Asks and waits for the answer, which is that to the question. */
    private static void ask(Socket socket) throws IOException {
        socket.getOutputStream().write(QUESTION);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] answer = in.readNBytes(in.readInt());
        assertThat(ByteBuffer.wrap(answer).getInt()).isEqualTo(1);
    }

    @Test
    void whoRenegotiatesIsClosed() throws Exception {
        try (SSLSocket socket = connect("TLSv1.2")) {
            ask(socket);
            socket.startHandshake();
            assertThatThrownBy(() -> {
                        ask(socket);
                        ask(socket);
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    /** With TLS 1.3 this asks for new keys, of which each side makes some. */
    @Test
    void whoAsksForNewKeysAgainAndAgainIsServedOrClosed() throws Exception {
        try (SSLSocket socket = connect("TLSv1.3")) {
            ask(socket);
            for (int i = 0; i < 200; i++) {
                socket.startHandshake();
                ask(socket);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0xFFFFFF, 0x100000, 0x10000})
    void aHelloLongerThanAnyIsNotGathered(int announcedBytes) throws Exception {
        ByteBuffer record = ByteBuffer.allocate(5 + 16_384)
                .put((byte) 22)
                .putShort((short) 0x0303)
                .putShort((short) 16_384)
                .putInt(1 << 24 | announcedBytes);
        try (Socket socket = new Socket("127.0.0.1", gateway.tlsPort("kafka"))) {
            socket.setSoTimeout(PATIENCE_MS);
            try {
                for (int sent = 0; sent < announcedBytes; sent += 16_384) {
                    socket.getOutputStream().write(record.array());
                    record.putInt(5, 0);
                }
            } catch (SocketException closed) {
                return; // before all of it was sent
            }
            assertThat(socket.getInputStream().readAllBytes())
                    .as("an alert at most")
                    .hasSizeLessThan(100);
        } catch (SocketException reset) {
            // closed as well
        }
    }
}
