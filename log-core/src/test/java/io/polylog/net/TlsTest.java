package io.polylog.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.polylog.config.Settings;
import io.polylog.metric.Meters;
import io.polylog.spi.ConnectionLimits;
import io.polylog.spi.ProtocolAdapter;
import io.polylog.time.Scheduler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsTest {

    private static final TlsKeys KEYS = TlsKeys.of("any");

    @TempDir
    Path directory;

    private final EventLoops loops = new EventLoops(1);
    private final Scheduler scheduler = Scheduler.system();
    private Path certificate;
    private Path key;

    @BeforeEach
    void name() {
        certificate = directory.resolve("cert.pem");
        key = directory.resolve("key.pem");
    }

    @AfterEach
    void stop() {
        loops.close();
        scheduler.close();
    }

    private void write(String subject) throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .ecp256()
                .subject(subject)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Files.writeString(certificate, bundle.getCertificatePathPEM());
        Files.writeString(key, bundle.getPrivateKeyPEM());
    }

    private Tls open() throws IOException {
        return Tls.open(
                new TlsFiles(certificate, Optional.of(key), Optional.empty(), Optional.empty(), ClientAuth.NONE),
                scheduler);
    }

    @Test
    void newConnectionsGetTheFilesAsTheyAreNow() throws Exception {
        write("CN=first");
        Tls tls = open();
        try (Listener listener = listen(tls)) {
            assertThat(subject(listener)).isEqualTo("CN=first");
            write("CN=second");
            tls.look();
            assertThat(subject(listener)).isEqualTo("CN=second");
        }
    }

    @Test
    void filesThatCannotBeUsedChangeNothing() throws Exception {
        write("CN=first");
        Tls tls = open();
        try (Listener listener = listen(tls)) {
            Files.writeString(certificate, "half a cert");
            tls.look();
            assertThat(subject(listener)).isEqualTo("CN=first");
            Files.delete(key);
            tls.look();
            assertThat(subject(listener)).isEqualTo("CN=first");
        }
    }

    @Test
    void unusableFilesAreNamedWithoutTheirContent() throws Exception {
        write("CN=first");
        Files.writeString(key, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");

        assertThatThrownBy(this::open)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("key.pem")
                .hasMessageNotContaining("c2VjcmV0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    tls.key=k                                                    | any.tls.key has no effect without
                    tls.certificate=c.pem                                        | needs any.tls.key too
                    tls.certificate=c.p12 tls.client-auth=required               | needs any.tls.client-ca
                    tls.certificate=c.p12 tls.client-ca=x                        | while any.tls.client-auth is none
                    """)
    void settingsThatDoNotFitTogetherAreRefused(String settings, String why) {
        assertThat(KEYS.faults(settings(settings))).singleElement().asString().contains(why);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    tls.client-auth=none                                        | false
                    tls.certificate=c tls.client-auth=requested                 | false
                    tls.certificate=c tls.client-auth=required tls.port=0       | false
                    tls.certificate=c tls.client-auth=required                  | true
                    """)
    void onlyCertificatesThatEverybodyMustShowAuthenticate(String settings, boolean authenticates) {
        assertThat(KEYS.authenticates(settings(settings))).isEqualTo(authenticates);
    }

    private static Settings settings(String text) {
        Map<String, String> values = new HashMap<>();
        for (String pair : text.strip().split(" +")) {
            values.put("any." + pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        return Settings.of(values);
    }

    private Listener listen(Tls tls) throws IOException {
        ProtocolAdapter silent = new ProtocolAdapter() {
            @Override
            public void connected(Channel channel) {}

            @Override
            public void close() {}
        };
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return Listener.bind(
                "any",
                List.of(new Listener.Port(any, Optional.of(tls))),
                ConnectionLimits.of(10, 10),
                silent,
                loops,
                Meters.none());
    }

    private static String subject(Listener listener) throws Exception {
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[] {new Trusting()}, null);
        try (SSLSocket socket = (SSLSocket) trusting.getSocketFactory()
                .createSocket(
                        listener.address().getAddress(), listener.address().getPort())) {
            socket.startHandshake();
            return socket.getSession().getPeerPrincipal().getName();
        }
    }

    /** It is about which certificate there is, not whether it is good. */
    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
