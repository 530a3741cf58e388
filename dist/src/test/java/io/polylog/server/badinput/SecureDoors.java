package io.polylog.server.badinput;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.testkit.TestAuthority;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** Doors that all speak TLS, that of Kafka for those alone who prove who they are: the settings, and how to get in. */
final class SecureDoors {

    static final String USER = "root";
    static final String PASSWORD = "correct horse";
    /** Keeps its own password, and may be made by {@link #USER}. */
    static final String MECHANISM = "SCRAM-SHA-256";

    private final TestAuthority authority;
    private final Map<String, String> settings = new HashMap<>();

    /**
     * @param directory exists, for the files of these doors alone
     */
    SecureDoors(Path directory) throws Exception {
        authority = new TestAuthority(directory);
        TestAuthority.Identity server = authority.issue("CN=gateway");
        for (Door door : Door.values()) {
            settings.put("POLYLOG_" + door + "_TLS_CERTIFICATE", server.chain().toString());
            settings.put("POLYLOG_" + door + "_TLS_KEY", server.key().toString());
        }
        Path password = Files.writeString(directory.resolve("admin-password"), PASSWORD);
        Path keys = Files.writeString(directory.resolve("jwks.json"), keySet());
        settings.put("POLYLOG_KAFKA_SASL_MECHANISMS", "PLAIN," + MECHANISM + ",OAUTHBEARER");
        settings.put("POLYLOG_KAFKA_SASL_SESSION_LIFETIME_MS", "3600000");
        settings.put("POLYLOG_KAFKA_SASL_OAUTHBEARER_JWKS", keys.toString());
        settings.put("POLYLOG_KAFKA_SASL_OAUTHBEARER_ISSUER", "https://issuer");
        settings.put("POLYLOG_KAFKA_SASL_OAUTHBEARER_AUDIENCE", "polylog");
        settings.put("POLYLOG_SECURITY_ADMIN_USER", USER);
        settings.put("POLYLOG_SECURITY_ADMIN_PASSWORD_FILE", password.toString());
    }

    /** For the environment of a gateway. */
    Map<String, String> settings() {
        return settings;
    }

    SSLContext trust() {
        return authority.trusting();
    }

    /** What a stock Kafka client needs. */
    Map<String, Object> kafkaClient() {
        return Map.of(
                "security.protocol",
                "SASL_SSL",
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                authority.certificate().toString(),
                "sasl.mechanism",
                MECHANISM,
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + USER + "\" password=\""
                        + PASSWORD + "\";");
    }

    /** For clients that need none. */
    static SSLContext trustingNobody() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** One public key, of which nobody has the other half. */
    private static String keySet() throws NoSuchAlgorithmException {
        RSAPublicKey key = (RSAPublicKey)
                KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic();
        return "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"first\",\"n\":\"" + number(key.getModulus()) + "\",\"e\":\""
                + number(key.getPublicExponent()) + "\"}]}";
    }

    private static String number(BigInteger number) {
        return base64(number.toByteArray());
    }

    /** A JSON web token with that header and no signature. */
    static String token(String header) {
        String claims = "{\"iss\":\"https://issuer\",\"aud\":\"polylog\",\"sub\":\"" + USER + "\",\"exp\":99999999999}";
        return base64(header.getBytes(UTF_8)) + "." + base64(claims.getBytes(UTF_8)) + ".";
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
