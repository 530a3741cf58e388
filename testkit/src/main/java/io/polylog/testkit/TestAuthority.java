package io.polylog.testkit;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority of a test's own; what it signs lies in files as a gateway and its clients read them. */
public final class TestAuthority {

    /** Of every PKCS12 store here. */
    public static final String PASSWORD = "secret-of-the-store";

    private final Path directory;
    private final X509Bundle root;
    private int issued;

    /**
     * @param directory exists, and is for this authority alone
     */
    public TestAuthority(Path directory) throws IOException {
        this.directory = directory;
        this.root = build(() ->
                builder("CN=test authority").setIsCertificateAuthority(true).buildSelfSigned());
        Files.writeString(certificate(), root.getRootCertificatePEM());
        Files.writeString(password(), PASSWORD + "\n");
    }

    /** What others trust, PEM. */
    public Path certificate() {
        return directory.resolve("ca.pem");
    }

    /** A file with {@link #PASSWORD}. */
    public Path password() {
        return directory.resolve("password");
    }

    /**
     * Somebody's certificate and key.
     *
     * @param chain PEM
     * @param key PEM, in the clear
     * @param store both in PKCS12, under {@link #PASSWORD}
     * @param pem key and chain one after the other, as Kafka's clients want them
     */
    public record Identity(Path chain, Path key, Path store, Path pem) {}

    /**
     * Signs a certificate, good for 127.0.0.1 and localhost.
     *
     * @param subject such as {@code CN=anna,O=house}
     */
    public synchronized Identity issue(String subject) throws IOException {
        X509Bundle bundle = build(() -> builder(subject)
                .addSanIpAddress("127.0.0.1")
                .addSanDnsName("localhost")
                .buildIssuedBy(root));
        String name = "identity-" + ++issued;
        Path chain = Files.writeString(directory.resolve(name + ".pem"), bundle.getCertificatePathPEM());
        Path key = Files.writeString(directory.resolve(name + ".key"), bundle.getPrivateKeyPEM());
        Path both = Files.writeString(
                directory.resolve(name + "-both.pem"), bundle.getPrivateKeyPEM() + bundle.getCertificatePathPEM());
        Path store = directory.resolve(name + ".p12");
        try (OutputStream out = Files.newOutputStream(store)) {
            build(() -> {
                bundle.toKeyStore(PASSWORD.toCharArray()).store(out, PASSWORD.toCharArray());
                return store;
            });
        }
        return new Identity(chain, key, store, both);
    }

    /** For clients that trust this authority and show nothing themselves. */
    public SSLContext trusting() {
        return build(() -> {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null);
            trusted.setCertificateEntry("ca", root.getRootCertificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        });
    }

    private static CertificateBuilder builder(String subject) {
        return new CertificateBuilder().ecp256().subject(subject);
    }

    private interface Build<T> {
        T get() throws Exception;
    }

    private static <T> T build(Build<T> build) {
        try {
            return build.get();
        } catch (Exception failure) {
            throw new IllegalStateException("no certificate", failure);
        }
    }
}
