package io.polylog.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.testkit.TestGateway;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.SaslAuthenticateResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that have not proved who they are, and do not go about it as they should. */
class StrangerTest {

    private static final String USER = "root";
    private static final String PASSWORD = "correct horse";
    private static final String OTHER = "anna";
    private static final String OTHERS_PASSWORD = "secret";

    @TempDir
    static Path directory;

    private static TestGateway gateway;
    private RawClient client;

    @BeforeAll
    static void start() throws Exception {
        Files.writeString(directory.resolve("password"), PASSWORD);
        gateway = TestGateway.start(
                directory.resolve("data"),
                Map.of(
                        "kafka.sasl.mechanisms",
                        "PLAIN,SCRAM-SHA-256",
                        "kafka.request-timeout-ms",
                        "2000",
                        "kafka.sasl.session-lifetime-ms",
                        "3600000",
                        "security.admin-user",
                        USER,
                        "security.admin-password-file",
                        directory.resolve("password").toString()),
                new KafkaAdapterFactory());
        SecureClients.setPassword(
                SecureClients.sasl(SecureClients.plain(gateway.port("kafka")), "PLAIN", USER, PASSWORD),
                OTHER,
                OTHERS_PASSWORD);
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @BeforeEach
    void connect() throws Exception {
        client = new RawClient(gateway.port("kafka"));
    }

    @AfterEach
    void othersAreServed() throws Exception {
        client.close();
        try (RawClient neighbour = new RawClient(gateway.port("kafka"))) {
            RawScram.handshake(neighbour, "PLAIN");
            assertThat(RawScram.authenticate(neighbour, RawScram.plain(USER, PASSWORD), 2))
                    .isEqualTo(Errors.NONE);
        }
    }

    private void assertClosed() {
        assertThatThrownBy(client::receive)
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(SocketTimeoutException.class);
    }

    private static MetadataRequestData metadata() {
        return new MetadataRequestData().setTopics(null);
    }

    @Test
    void requestsBeforeAuthenticationAreNotAnswered() throws Exception {
        client.send(ApiKeys.METADATA, (short) 9, 1, metadata());
        assertClosed();
    }

    @Test
    void requestsInTheMiddleOfItAreNotAnswered() throws Exception {
        RawScram.handshake(client, "SCRAM-SHA-256");
        client.send(ApiKeys.METADATA, (short) 9, 2, metadata());
        assertClosed();
    }

    @Test
    void tokensWithoutHandshakeAreRefused() throws Exception {
        assertThat(RawScram.authenticate(client, RawScram.plain(USER, PASSWORD), 1))
                .isEqualTo(Errors.ILLEGAL_SASL_STATE);
        assertClosed();
    }

    @Test
    void aSecondHandshakeEndsTheConnection() throws Exception {
        RawScram.handshake(client, "PLAIN");
        RawScram.handshake(client, "PLAIN");
        assertClosed();
    }

    @Test
    void aMechanismThatIsNotOfferedEndsTheConnectionAfterTheAnswer() throws Exception {
        RawScram.handshake(client, "OAUTHBEARER");
        assertClosed();
    }

    private void logIn() throws Exception {
        RawScram.handshake(client, "PLAIN");
        assertThat(RawScram.authenticate(client, RawScram.plain(USER, PASSWORD), 2))
                .isEqualTo(Errors.NONE);
    }

    /** KIP-368: whoever proves it again is still the same. */
    @Test
    void aSessionKeepsItsUser() throws Exception {
        logIn();
        RawScram.handshake(client, "PLAIN");
        assertThat(RawScram.authenticate(client, RawScram.plain(OTHER, OTHERS_PASSWORD), 3))
                .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
        assertClosed();
    }

    @Test
    void aSessionKeepsItsMechanism() throws Exception {
        logIn();
        client.send(ApiKeys.SASL_HANDSHAKE, (short) 1, 3, new SaslHandshakeRequestData().setMechanism("SCRAM-SHA-256"));
        assertThat(client.receive(ApiKeys.SASL_HANDSHAKE, (short) 1, 3).errorCounts())
                .containsOnlyKeys(Errors.ILLEGAL_SASL_STATE);
        assertThat(RawScram.authenticate(client, "n,,n=root,r=abc".getBytes(UTF_8), 4))
                .isEqualTo(Errors.ILLEGAL_SASL_STATE);
        client.send(ApiKeys.METADATA, (short) 9, 5, metadata());
        client.receive(ApiKeys.METADATA, (short) 9, 5);
    }

    @Test
    void aWrongPasswordEndsTheConnectionAfterTheAnswer() throws Exception {
        RawScram.handshake(client, "PLAIN");
        assertThat(RawScram.authenticate(client, RawScram.plain(USER, "wrong"), 2))
                .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
        assertClosed();
    }

    @Test
    void aFrameLongerThanAnyTokenIsNotGathered() throws Exception {
        client.send(ByteBuffer.allocate((64 << 10) + 1));
        assertClosed();
    }

    @Test
    void whoIsSlowToProveItIsClosed() throws Exception {
        RawScram.handshake(client, "PLAIN");
        assertClosed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "\0", "\0root", "root\0root\0", "other\0root\0correct horse", "\0\0\0\0"})
    void malformedPlainTokensAreRefused(String token) throws Exception {
        RawScram.handshake(client, "PLAIN");
        assertThat(RawScram.authenticate(client, token.getBytes(UTF_8), 2))
                .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
        assertClosed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "n,,", "n,,n=root", "n,,n=root,r=", "y,a=other,n=root,r=abc", "p=tls-unique,,n=root,r=abc"})
    void malformedFirstScramMessagesAreRefused(String token) throws Exception {
        RawScram.handshake(client, "SCRAM-SHA-256");
        assertThat(RawScram.authenticate(client, token.getBytes(UTF_8), 2))
                .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
    }

    /** CVE-2024-56128: the nonce of the last message has to be the one that was given. */
    @ParameterizedTest
    @ValueSource(strings = {"abc", "", "anothernonce"})
    void aScramProofForAnotherNonceIsRefused(String nonce) throws Exception {
        RawScram.handshake(client, "SCRAM-SHA-256");
        byte[] first = "n,,n=root,r=abc".getBytes(UTF_8);
        SaslAuthenticateResponse challenge = RawScram.step(client, first, 2);
        assertThat(new String(challenge.saslAuthBytes(), UTF_8))
                .startsWith("r=abc")
                .contains("i=4096");

        assertThat(RawScram.authenticate(client, ("c=biws,r=" + nonce + ",p=AAAA").getBytes(UTF_8), 3))
                .isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
        assertClosed();
    }

    /** What was good once is good for nothing later: the gateway's part of the nonce is another one. */
    @Test
    void aReplayedScramLoginIsRefused() throws Exception {
        ScramExchange exchange = new ScramExchange(USER, PASSWORD);
        RawScram.handshake(client, "SCRAM-SHA-256");
        exchange.challenge(RawScram.step(client, exchange.first(), 2).saslAuthBytes());
        assertThat(RawScram.authenticate(client, exchange.last(), 3)).isEqualTo(Errors.NONE);

        try (RawClient thief = new RawClient(gateway.port("kafka"))) {
            RawScram.handshake(thief, "SCRAM-SHA-256");
            RawScram.step(thief, exchange.first(), 2);
            assertThat(RawScram.authenticate(thief, exchange.last(), 3)).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
        }
    }

    /** Nobody learns by the gateway's answers which users there are. */
    @Test
    void usersThatDoNotExistLookLikeOthers() throws Exception {
        String salt = "";
        for (int i = 0; i < 2; i++) {
            try (RawClient asking = new RawClient(gateway.port("kafka"))) {
                RawScram.handshake(asking, "SCRAM-SHA-256");
                SaslAuthenticateResponse challenge = RawScram.step(asking, "n,,n=nobody,r=abc".getBytes(UTF_8), 2);
                String text = new String(challenge.saslAuthBytes(), UTF_8);
                String given = text.substring(text.indexOf("s="));
                assertThat(challenge.error()).isEqualTo(Errors.NONE);
                assertThat(given).endsWith("i=4096");
                assertThat(salt.isEmpty() || salt.equals(given)).isTrue();
                salt = given;
            }
        }
    }

    /** As clients did before SaslAuthenticate, and some that are old still do. */
    @Test
    void tokensMayComeBareAfterVersionZero() throws Exception {
        client.send(ApiKeys.SASL_HANDSHAKE, (short) 0, 1, new SaslHandshakeRequestData().setMechanism("PLAIN"));
        client.receive(ApiKeys.SASL_HANDSHAKE, (short) 0, 1);
        client.send(ByteBuffer.wrap(RawScram.plain(USER, PASSWORD)));
        assertThat(client.receive().remaining()).isZero();

        client.send(ApiKeys.METADATA, (short) 9, 2, metadata());
        assertThat(client.receive(ApiKeys.METADATA, (short) 9, 2).errorCounts())
                .doesNotContainKey(Errors.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void aBareTokenThatIsWrongEndsTheConnection() throws Exception {
        client.send(ApiKeys.SASL_HANDSHAKE, (short) 0, 1, new SaslHandshakeRequestData().setMechanism("PLAIN"));
        client.receive(ApiKeys.SASL_HANDSHAKE, (short) 0, 1);
        client.send(ByteBuffer.wrap(RawScram.plain(USER, "wrong")));
        assertClosed();
    }
}
