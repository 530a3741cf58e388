package io.polylog.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.disk.Disk;
import io.polylog.testkit.TestGateway;
import io.polylog.testkit.VirtualClock;
import java.io.EOFException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.SaslAuthenticateResponse;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients prove who they are by JSON web tokens (OAUTHBEARER), and others try to. */
@Execution(ExecutionMode.CONCURRENT)
class TokenTest {

    private static final long NOW_MS = 1_800_000_000_000L;

    private static RsaJsonWebKey key;
    private static RsaJsonWebKey other;

    @TempDir
    Path directory;

    private final VirtualClock clock = new VirtualClock(NOW_MS);
    private TestGateway gateway;

    @BeforeAll
    static void makeKeys() throws Exception {
        key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId("first");
        other = RsaJwkGenerator.generateJwk(2048);
        other.setKeyId("second");
    }

    @BeforeEach
    void start() throws Exception {
        publish(key);
        gateway = TestGateway.start(
                directory.resolve("data"),
                Map.of(
                        "kafka.sasl.mechanisms", "OAUTHBEARER",
                        "kafka.sasl.oauthbearer-jwks", keys().toString(),
                        "kafka.sasl.oauthbearer-issuer", "https://issuer",
                        "kafka.sasl.oauthbearer-audience", "polylog"),
                Disk.system(),
                clock,
                new KafkaAdapterFactory());
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    private Path keys() {
        return directory.resolve("jwks.json");
    }

    private void publish(RsaJsonWebKey... published) throws Exception {
        Files.writeString(keys(), new JsonWebKeySet(published).toJson());
    }

    private static JwtClaims claims() {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer("https://issuer");
        claims.setAudience("polylog");
        claims.setSubject("anna");
        claims.setExpirationTime(NumericDate.fromMilliseconds(NOW_MS + 60_000));
        return claims;
    }

    private static String signed(JwtClaims claims, RsaJsonWebKey by) throws Exception {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKey(by.getPrivateKey());
        signature.setKeyIdHeaderValue(by.getKeyId());
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
        return signature.getCompactSerialization();
    }

    private SaslAuthenticateResponse show(RawClient client, String token) throws Exception {
        RawScram.handshake(client, "OAUTHBEARER");
        byte[] message = ("n,,\u0001auth=Bearer " + token + "\u0001\u0001").getBytes(UTF_8);
        SaslAuthenticateResponse answer = RawScram.step(client, message, 2);
        if (answer.error() == Errors.NONE && answer.saslAuthBytes().length > 0) { // it is told why, then refused
            answer = RawScram.step(client, new byte[] {1}, 3);
        }
        return answer;
    }

    private Errors show(String token) throws Exception {
        try (RawClient client = new RawClient(gateway.port("kafka"))) {
            return show(client, token).error();
        }
    }

    @Test
    void aGoodTokenIsGoodUntilItExpires() throws Exception {
        try (RawClient client = new RawClient(gateway.port("kafka"))) {
            SaslAuthenticateResponse answer = show(client, signed(claims(), key));
            assertThat(answer.error()).isEqualTo(Errors.NONE);
            assertThat(answer.sessionLifetimeMs()).isEqualTo(60_000);
            client.send(ApiKeys.METADATA, (short) 9, 4, new MetadataRequestData().setTopics(null));
            client.receive(ApiKeys.METADATA, (short) 9, 4);

            clock.advance("PT1M");
            client.send(ApiKeys.METADATA, (short) 9, 5, new MetadataRequestData().setTopics(null));
            assertThatThrownBy(client::receive).isInstanceOf(EOFException.class);
        }
    }

    private void assertRefused(Consumer<JwtClaims> change) throws Exception {
        JwtClaims claims = claims();
        change.accept(claims);
        assertThat(show(signed(claims, key))).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"iss", "aud", "exp", "sub"})
    void everyClaimIsNeeded(String claim) throws Exception {
        assertRefused(claims -> claims.unsetClaim(claim));
    }

    @Test
    void tokensForOthersOrOutOfTimeAreRefused() throws Exception {
        assertRefused(claims -> claims.setIssuer("https://elsewhere"));
        assertRefused(claims -> claims.setAudience("another"));
        assertRefused(claims -> claims.setExpirationTime(NumericDate.fromMilliseconds(NOW_MS - 60_000)));
        assertRefused(claims -> claims.setNotBefore(NumericDate.fromMilliseconds(NOW_MS + 60_000)));
        assertRefused(claims -> claims.setSubject("x".repeat(2_000)));
    }

    @Test
    void unsignedTokensAreRefused() throws Exception {
        String head = Base64.getUrlEncoder().withoutPadding().encodeToString("{\"alg\":\"none\"}".getBytes(UTF_8));
        String body = signed(claims(), key).split("\\.")[1];

        assertThat(show(head + "." + body + ".")).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
    }

    /** The public key is no secret, so nothing may be signed with it. */
    @Test
    void tokensSignedWithThePublicKeyAsASecretAreRefused() throws Exception {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims().toJson());
        signature.setKey(new HmacKey(key.getRsaPublicKey().getEncoded()));
        signature.setKeyIdHeaderValue("first");
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);

        assertThat(show(signature.getCompactSerialization())).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
    }

    @Test
    void aTokenOfAnotherKeyIsRefusedUntilThatKeyIsPublished() throws Exception {
        assertThat(show(signed(claims(), key))).isEqualTo(Errors.NONE);
        assertThat(show(signed(claims(), other))).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
        publish(key, other);
        assertThat(show(signed(claims(), other)))
                .as("fetched just now, so not again at once")
                .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);

        clock.advance("PT11S");

        assertThat(show(signed(claims(), other))).isEqualTo(Errors.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a.b.c", "..", "e30.e30.e30"})
    void whatIsNoTokenIsRefused(String token) throws Exception {
        assertThat(show(token)).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
    }

    /** Kafka's server takes any number of them, each of which costs the checking of a signature. */
    @Test
    void guessingEndsTheConnection() throws Exception {
        try (RawClient client = new RawClient(gateway.port("kafka"))) {
            RawScram.handshake(client, "OAUTHBEARER");
            byte[] guess = "n,,\u0001auth=Bearer a.b.c\u0001\u0001".getBytes(UTF_8);
            assertThat(RawScram.authenticate(client, guess, 2)).isEqualTo(Errors.NONE); // told why, not let in
            assertThat(RawScram.authenticate(client, guess, 3)).isEqualTo(Errors.NONE);
            assertThat(RawScram.authenticate(client, guess, 4)).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
            assertThatThrownBy(client::receive).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void aForgedPayloadIsRefused() throws Exception {
        String[] parts = signed(claims(), key).split("\\.");
        JwtClaims forged = claims();
        forged.setSubject("root");
        String body = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(forged.toJson().getBytes(UTF_8));

        assertThat(show(parts[0] + "." + body + "." + parts[2])).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
    }
}
