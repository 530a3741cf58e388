package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.testkit.TestAuthority;
import io.polylog.testkit.TestGateway;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stock clients, and others, at a door with TLS. */
class TlsTest {

    @TempDir
    Path directory;

    private TestAuthority authority;
    private TestGateway gateway;

    @BeforeEach
    void makeAuthority() throws Exception {
        authority = new TestAuthority(Files.createDirectory(directory.resolve("tls")));
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    private void start(Map<String, String> settings) throws Exception {
        TestAuthority.Identity server = authority.issue("CN=gateway");
        Map<String, String> all = new HashMap<>(Map.of(
                "kafka.tls.certificate", server.chain().toString(),
                "kafka.tls.key", server.key().toString()));
        all.putAll(settings);
        gateway = TestGateway.start(directory.resolve("data"), all, new KafkaAdapterFactory());
    }

    private Map<String, Object> tls() {
        return SecureClients.tls(gateway.tlsPort("kafka"), authority);
    }

    @Test
    void megabytesComeThroughAsTheyWere() throws Exception {
        start(Map.of());
        Random random = new Random(6);
        List<byte[]> values = new ArrayList<>();
        List<Future<?>> sent = new ArrayList<>();
        try (Producer<byte[], byte[]> producer = SecureClients.producer(tls())) {
            for (int i = 0; i < 12; i++) {
                byte[] value = new byte[i % 3 == 0 ? 900_000 : 1_000 * i];
                random.nextBytes(value);
                values.add(value);
                sent.add(producer.send(new ProducerRecord<>("t", value)));
            }
            for (Future<?> future : sent) {
                future.get();
            }
        }

        List<byte[]> read = SecureClients.read(tls(), "t", values.size());

        assertThat(read).hasSameSizeAs(values);
        for (int i = 0; i < values.size(); i++) {
            assertThat(read.get(i)).isEqualTo(values.get(i));
        }
    }

    @Test
    void eachPortIsAdvertisedToWhomItServes() throws Exception {
        start(Map.of("kafka.tls.port", "0"));
        int plain = gateway.port("kafka");
        int secure = gateway.tlsPort("kafka");

        assertThat(plain).isNotEqualTo(secure);
        assertThat(advertised(SecureClients.plain(plain))).isEqualTo(plain);
        assertThat(advertised(tls())).isEqualTo(secure);
        SecureClients.produce(SecureClients.plain(plain), "t", new byte[] {1});
        assertThat(SecureClients.read(tls(), "t", 1)).containsExactly(new byte[] {1});
    }

    private static int advertised(Map<String, Object> settings) throws Exception {
        try (Admin admin = SecureClients.admin(settings)) {
            return admin.describeCluster().nodes().get().iterator().next().port();
        }
    }

    @Test
    void whoMustShowACertificateAndHasNoneIsRefused() throws Exception {
        start(Map.of("kafka.tls.client-auth", "required", "kafka.tls.client-ca", ca()));

        SecureClients.produce(mutual(authority), "t", new byte[] {1});
        assertThatThrownBy(() -> SecureClients.produce(tls(), "t", new byte[] {2}))
                .isInstanceOf(SslAuthenticationException.class);
        TestAuthority stranger = new TestAuthority(Files.createDirectory(directory.resolve("stranger")));
        assertThatThrownBy(() -> SecureClients.produce(mutual(stranger), "t", new byte[] {3}))
                .isInstanceOf(SslAuthenticationException.class);
        assertThat(SecureClients.read(mutual(authority), "t", 1)).hasSize(1);
        assertThat(gateway.counters("polylog_tls_handshakes_failed_total").values())
                .allMatch(count -> count > 0);
    }

    private Map<String, Object> mutual(TestAuthority issuer) throws Exception {
        return SecureClients.mutualTls(gateway.tlsPort("kafka"), authority, issuer.issue("CN=anna,O=house"));
    }

    private String ca() {
        return authority.certificate().toString();
    }

    @Test
    void pkcs12WithAPasswordServesToo() throws Exception {
        start(Map.of(
                "kafka.tls.certificate", authority.issue("CN=gateway").store().toString(),
                "kafka.tls.key", "",
                "kafka.tls.password-file", authority.password().toString()));

        SecureClients.produce(tls(), "t", new byte[] {1});
    }

    @Test
    void whoSpeaksPlainlyToTlsIsClosedAndTheReverse() throws Exception {
        start(Map.of("kafka.tls.port", "0"));

        try (Socket socket = new Socket("127.0.0.1", gateway.tlsPort("kafka"))) {
            socket.getOutputStream().write(new byte[] {0, 0, 0, 9, 0, 18, 0, 0, 0, 0, 0, 1, -1});
            readToEnd(socket);
        }
        SSLContext any = SSLContext.getInstance("TLS");
        any.init(null, new TrustManager[0], null);
        try (SSLSocket socket = (SSLSocket) any.getSocketFactory().createSocket("127.0.0.1", gateway.port("kafka"))) {
            assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
        }
        SecureClients.produce(tls(), "t", new byte[] {1});
    }

    @Test
    void tls11IsRefused() throws Exception {
        start(Map.of());
        ByteBuffer hello = ByteBuffer.allocate(64);
        hello.putShort((short) 0x0302).put(new byte[32]).put((byte) 0); // TLS 1.1, random, no session
        hello.putShort((short) 2).putShort((short) 0xC009).put((byte) 1).put((byte) 0); // a suite that 1.1 has
        byte[] body = Arrays.copyOf(hello.array(), hello.position());

        try (Socket socket = new Socket("127.0.0.1", gateway.tlsPort("kafka"))) {
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(9 + body.length)
                            .put((byte) 22)
                            .putShort((short) 0x0301)
                            .putShort((short) (4 + body.length))
                            .putInt(1 << 24 | body.length)
                            .put(body)
                            .array());
            assertThat(socket.getInputStream().readNBytes(7)[6])
                    .as("alert protocol_version")
                    .isEqualTo((byte) 70);
            readToEnd(socket);
        }
    }

    private static void readToEnd(Socket socket) throws Exception {
        socket.setSoTimeout(20_000);
        InputStream in = socket.getInputStream();
        try {
            while (in.read() >= 0) {
                // an alert may come first
            }
        } catch (SocketException reset) {
            // closed as well
        }
    }
}
