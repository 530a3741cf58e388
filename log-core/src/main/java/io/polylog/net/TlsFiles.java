package io.polylog.net;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS port is made from. Reading blocks, so it is done off the event loops.
 *
 * @param certificate PEM chain, or PKCS12 store with chain and key
 * @param key PEM key, unless the certificate is a PKCS12 store
 * @param password file with the password of key and stores
 * @param clientCa PEM certificates or PKCS12 store that clients' certificates must come from
 */
public record TlsFiles(
        Path certificate, Optional<Path> key, Optional<Path> password, Optional<Path> clientCa, ClientAuth clientAuth) {

    /** Far more than any chain has; a wrong path must not fill the heap. */
    static final int MAX_FILE_BYTES = 1 << 20;

    /** TLS 1.2 at least: what came before is broken. */
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    static boolean isPkcs12(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".p12") || lower.endsWith(".pfx");
    }

    private static boolean isPkcs12(Path file) {
        return isPkcs12(file.toString());
    }

    /** A digest of all the files: another one means that they have changed. */
    byte[] digest() throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : all().toList()) {
                byte[] content = bytes(file);
                digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, content.length));
                digest.update(content);
            }
            return digest.digest();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Stream<Path> all() {
        return Stream.of(Optional.of(certificate), key, password, clientCa).flatMap(Optional::stream);
    }

    /**
     * @throws IOException if a file cannot be read or used; the message names it and holds nothing of its content
     */
    SslContext read() throws IOException {
        @Nullable
        String secret = password.isPresent() ? new String(bytes(password.get()), StandardCharsets.UTF_8).strip() : null;
        SslContextBuilder builder = identity(secret)
                .sslProvider(SslProvider.JDK)
                .protocols(PROTOCOLS)
                .clientAuth(
                        switch (clientAuth) {
                            case NONE -> io.netty.handler.ssl.ClientAuth.NONE;
                            case REQUESTED -> io.netty.handler.ssl.ClientAuth.OPTIONAL;
                            case REQUIRED -> io.netty.handler.ssl.ClientAuth.REQUIRE;
                        });
        if (clientCa.isPresent()) {
            trust(builder, clientCa.get(), secret);
        }
        return builder.build();
    }

    private SslContextBuilder identity(@Nullable String secret) throws IOException {
        byte[] chain = bytes(certificate);
        try {
            if (isPkcs12(certificate)) {
                KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                keys.init(store(chain, secret), secret == null ? new char[0] : secret.toCharArray());
                return SslContextBuilder.forServer(keys);
            }
            byte[] privateKey = bytes(key.orElseThrow(() -> new IOException(certificate + " needs a key beside it")));
            return SslContextBuilder.forServer(
                    new ByteArrayInputStream(chain), new ByteArrayInputStream(privateKey), secret);
        } catch (GeneralSecurityException | IllegalArgumentException unusable) {
            throw unusable(key.map(file -> certificate + " and " + file).orElse(certificate.toString()), unusable);
        }
    }

    private static void trust(SslContextBuilder builder, Path file, @Nullable String secret) throws IOException {
        byte[] content = bytes(file);
        try {
            if (isPkcs12(file)) {
                TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trust.init(store(content, secret));
                builder.trustManager(trust);
            } else {
                builder.trustManager(new ByteArrayInputStream(content));
            }
        } catch (GeneralSecurityException | IllegalArgumentException unusable) {
            throw unusable(file.toString(), unusable);
        }
    }

    private static KeyStore store(byte[] content, @Nullable String secret)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new ByteArrayInputStream(content), secret == null ? null : secret.toCharArray());
        return store;
    }

    private static IOException unusable(String files, Exception why) {
        return new IOException(
                files + " cannot be used for TLS: " + why.getClass().getSimpleName() + ": " + why.getMessage(), why);
    }

    private static byte[] bytes(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException(file.toAbsolutePath() + " cannot be read");
        }
        long size = Files.size(file);
        if (size > MAX_FILE_BYTES) {
            throw new IOException(file + " has " + size + " bytes; at most " + MAX_FILE_BYTES + " are read");
        }
        return Files.readAllBytes(file);
    }
}
