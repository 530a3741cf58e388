package io.polylog.kafka.sasl;

import io.polylog.time.EpochClock;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.keys.resolvers.VerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys that tokens are signed with, from a file or by HTTPS: fetched when the first token comes, again every
 * {@link #REFRESH_MS}, and when a token names a key that is not among them, though not more often than every {@link
 * #LEAST_REFRESH_MS}. If they cannot be had, those before are good. Any thread; may block.
 */
final class KeySet {

    static final int REFRESH_MS = 300_000;
    static final int LEAST_REFRESH_MS = 10_000;
    static final int MAX_BYTES = 1 << 20;

    private static final int TIMEOUT_MS = 5_000;
    private static final String HTTPS = "https://";

    private static final Logger log = LoggerFactory.getLogger(KeySet.class);

    private final String location;
    private final EpochClock clock;
    private VerificationKeyResolver resolver = new JwksVerificationKeyResolver(List.of());
    private long fetchedMs = Long.MIN_VALUE / 2;

    /**
     * @param location path of a file, or an address that begins with {@code https://}
     */
    KeySet(String location, EpochClock clock) {
        this.location = location;
        this.clock = clock;
    }

    synchronized VerificationKeyResolver resolver() {
        if (clock.timeMs() - fetchedMs >= REFRESH_MS) {
            fetch();
        }
        return resolver;
    }

    /** Fetches the keys again, unless that was done just now; whether it was done. */
    synchronized boolean refresh() {
        return clock.timeMs() - fetchedMs >= LEAST_REFRESH_MS && fetch();
    }

    private boolean fetch() {
        fetchedMs = clock.timeMs(); // also if it fails: the next token must not try at once
        try (InputStream in = location.startsWith(HTTPS) ? get() : Files.newInputStream(Path.of(location))) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("more than " + MAX_BYTES + " bytes");
            }
            JsonWebKeySet keys = new JsonWebKeySet(new String(bytes, StandardCharsets.UTF_8));
            resolver = new JwksVerificationKeyResolver(keys.getJsonWebKeys());
            return true;
        } catch (IOException | JoseException | RuntimeException failure) {
            log.atWarn()
                    .addKeyValue("jwks", location)
                    .addKeyValue("reason", failure.getClass().getSimpleName())
                    .log("keys of tokens cannot be had: those before stay good");
            return false;
        }
    }

    private InputStream get() throws IOException {
        URLConnection connection = URI.create(location).toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        if (connection instanceof HttpURLConnection http) {
            http.setInstanceFollowRedirects(false); // the keys are where we were told
        }
        return connection.getInputStream();
    }
}
