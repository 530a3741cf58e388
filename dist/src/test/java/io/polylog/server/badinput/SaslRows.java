package io.polylog.server.badinput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.badinput.KafkaWire.Ask;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** What somebody may say to Kafka's door, in TLS, who has not proved who it is, or does so again. */
final class SaslRows {

    private static final String PLAIN = "PLAIN";
    private static final String SCRAM = SecureDoors.MECHANISM;
    private static final String BEARER = "OAUTHBEARER";
    private static final String FIRST = "n,,n=root,r=abc";

    private SaslRows() {}

    static List<BadRow> all() {
        List<BadRow> rows = new ArrayList<>();
        addRequests(rows);
        addOrder(rows);
        addWithoutEnd(rows);
        addSilence(rows);
        addProofs(rows);
        addReauthentication(rows);
        return rows;
    }

    // ---- what is said -------------------------------------------------------------------------------------------

    private static Ask handshake(String mechanism) {
        return new Ask(ApiKeys.SASL_HANDSHAKE, 1, new SaslHandshakeRequestData().setMechanism(mechanism));
    }

    private static Ask token(String token) {
        return new Ask(
                ApiKeys.SASL_AUTHENTICATE, 2, new SaslAuthenticateRequestData().setAuthBytes(token.getBytes(UTF_8)));
    }

    private static Ask password(String password) {
        return token("\0" + SecureDoors.USER + "\0" + password);
    }

    private static Ask bearer(String token) {
        return token("n,,\1auth=Bearer " + token + "\1\1");
    }

    private static void agree(Stranger stranger, String mechanism) throws IOException {
        stranger.startTls("TLSv1.3");
        assertThat(((SaslHandshakeResponseData) handshake(mechanism).exchange(stranger)).errorCode())
                .isZero();
    }

    private static Errors tokenError(Ask token, Stranger stranger) throws IOException {
        return Errors.forCode(((SaslAuthenticateResponseData) token.answer(stranger)).errorCode());
    }

    private static BadRow row(Clause clause, String detail, BadRow.Attack attack, Expected expected) {
        return new BadRow(clause, detail, Door.KAFKA, attack, expected);
    }

    /** Said right after TLS, or after a mechanism was agreed on if there is one. */
    private static BadRow closed(Clause clause, String detail, String mechanism, byte... said) {
        return row(
                clause,
                detail,
                stranger -> {
                    if (mechanism.isEmpty()) {
                        stranger.startTls("TLSv1.3");
                    } else {
                        agree(stranger, mechanism);
                    }
                    stranger.send(said);
                },
                Expected.closed());
    }

    /** Told that it was refused, and closed then. */
    private static Expected refused(Ask last) {
        return Expected.refused(stranger -> {
            assertThat(tokenError(last, stranger)).isEqualTo(Errors.SASL_AUTHENTICATION_FAILED);
            assertThat(stranger.hearToEnd()).isEmpty();
        });
    }

    // ---- rows ---------------------------------------------------------------------------------------------------

    private static void addRequests(List<BadRow> rows) {
        for (ApiKeys key : List.of(
                ApiKeys.METADATA,
                ApiKeys.PRODUCE,
                ApiKeys.FETCH,
                ApiKeys.FIND_COORDINATOR,
                ApiKeys.CREATE_TOPICS,
                ApiKeys.INIT_PRODUCER_ID,
                ApiKeys.DESCRIBE_CLUSTER,
                ApiKeys.ALTER_USER_SCRAM_CREDENTIALS)) {
            byte[] request = KafkaWire.frame(key, key.latestVersion(), new byte[64]);
            rows.add(closed(Clause.KAFKA_REQUEST_BEFORE_AUTHENTICATION, key.name, "", request));
            rows.add(closed(Clause.KAFKA_REQUEST_BEFORE_AUTHENTICATION, key.name + " in the middle", SCRAM, request));
        }
        for (int length : new int[] {(64 << 10) + 1, 512 << 10, Integer.MAX_VALUE}) {
            byte[] header = ByteBuffer.allocate(8).putInt(length).array();
            rows.add(closed(Clause.KAFKA_SASL_TOKEN_SIZE, length + " at first", "", header));
            rows.add(closed(Clause.KAFKA_SASL_TOKEN_SIZE, length + " after the handshake", PLAIN, header));
        }
        Ask large = token("\0" + SecureDoors.USER + "\0" + "x".repeat(64_000));
        rows.add(said(Clause.KAFKA_SASL_TOKEN_SIZE, "password of 64,000", PLAIN, large));
        rows.add(said(
                Clause.KAFKA_SASL_TOKEN_SIZE, "bearer of 64,000", BEARER, bearer("x".repeat(64_000)), token("\1")));
        rows.add(said(
                Clause.KAFKA_SASL_TOKEN_SIZE,
                "nonce of 64,000 and no proof",
                SCRAM,
                token(FIRST + "x".repeat(64_000)),
                token("c=biws")));
    }

    /** Tokens of which the last is refused. */
    private static BadRow said(Clause clause, String detail, String mechanism, Ask... tokens) {
        Ask last = tokens[tokens.length - 1];
        return row(
                clause,
                detail,
                stranger -> {
                    agree(stranger, mechanism);
                    for (int i = 0; i < tokens.length - 1; i++) {
                        tokens[i].exchange(stranger);
                    }
                    stranger.send(last.frame());
                },
                refused(last));
    }

    private static void addOrder(List<BadRow> rows) {
        Clause clause = Clause.KAFKA_SASL_ORDER;
        for (String mechanism : List.of("", "GSSAPI", "ANONYMOUS", "SCRAM-SHA-1", "x".repeat(30_000))) {
            Ask ask = handshake(mechanism);
            rows.add(row(
                    clause,
                    "mechanism '" + (mechanism.length() > 100 ? "of 30,000" : mechanism) + "'",
                    stranger -> {
                        stranger.startTls("TLSv1.3");
                        stranger.send(ask.frame());
                    },
                    Expected.answered(stranger -> {
                        assertThat(((SaslHandshakeResponseData) ask.answer(stranger)).errorCode())
                                .isEqualTo(Errors.UNSUPPORTED_SASL_MECHANISM.code());
                        assertThat(stranger.hearToEnd()).isEmpty();
                    })));
        }
        rows.add(row(
                clause,
                "token without handshake",
                stranger -> {
                    stranger.startTls("TLSv1.3");
                    stranger.send(password(SecureDoors.PASSWORD).frame());
                },
                Expected.answered(stranger -> {
                    assertThat(tokenError(password(""), stranger)).isEqualTo(Errors.ILLEGAL_SASL_STATE);
                    assertThat(stranger.hearToEnd()).isEmpty();
                })));
        Ask again = handshake(SCRAM);
        rows.add(row(
                clause,
                "another mechanism in the middle",
                stranger -> {
                    agree(stranger, PLAIN);
                    stranger.send(again.frame());
                },
                Expected.answered(stranger -> {
                    assertThat(((SaslHandshakeResponseData) again.answer(stranger)).errorCode())
                            .isEqualTo(Errors.ILLEGAL_SASL_STATE.code());
                    assertThat(stranger.hearToEnd()).isEmpty();
                })));
    }

    private static void addWithoutEnd(List<BadRow> rows) {
        byte[] versions = KafkaWire.greeting();
        byte[] shake = handshake(BEARER).frame();
        byte[] guess = bearer("a.b.c").frame();
        byte[] first = token(FIRST).frame();
        rows.add(withoutEnd("nothing but ApiVersions", "", Expected.closed(), versions));
        rows.add(withoutEnd("handshakes", "", Expected.closedQuietly(), shake));
        rows.add(withoutEnd("tokens without handshake", "", Expected.closedQuietly(), guess));
        rows.add(withoutEnd("bearers", BEARER, Expected.closed(), guess));
        rows.add(withoutEnd("first messages of SCRAM", SCRAM, Expected.closed(), first));
        rows.add(withoutEnd("handshakes and tokens by turns", BEARER, Expected.closedQuietly(), guess, shake));
        rows.add(withoutEnd("ApiVersions and tokens by turns", BEARER, Expected.closed(), versions, guess));
    }

    private static BadRow withoutEnd(String detail, String mechanism, Expected expected, byte[]... requests) {
        return row(
                Clause.KAFKA_SASL_WITHOUT_END,
                detail,
                stranger -> {
                    if (mechanism.isEmpty()) {
                        stranger.startTls("TLSv1.3");
                    } else {
                        agree(stranger, mechanism);
                    }
                    stranger.insist(requests);
                },
                expected);
    }

    private static void addSilence(List<BadRow> rows) {
        Clause clause = Clause.KAFKA_SASL_SILENCE;
        rows.add(closed(clause, "after the handshake", PLAIN));
        rows.add(closed(clause, "in the middle of a token", PLAIN, new byte[] {0, 0, 1, 0, 0, 36}));
        rows.add(row(
                clause,
                "in the middle of SCRAM",
                stranger -> {
                    agree(stranger, SCRAM);
                    token(FIRST).exchange(stranger);
                },
                Expected.closed()));
        rows.add(row(
                clause,
                "but for one byte now and then",
                stranger -> {
                    agree(stranger, PLAIN);
                    assertThat(stranger.drip(password("x".repeat(300)).frame())).isTrue();
                },
                Expected.closed()));
    }

    private static void addProofs(List<BadRow> rows) {
        Clause clause = Clause.KAFKA_SASL_PROOF;
        rows.add(said(clause, "wrong password", PLAIN, password("wrong")));
        rows.add(said(clause, "no token at all", PLAIN, token("")));
        rows.add(said(clause, "for another user", PLAIN, token("other\0root\0" + SecureDoors.PASSWORD)));
        for (String last :
                List.of("c=biws,r=abc,p=AAAA", "c=biws,r=,p=AAAA", "e=no", "c=biws,r=abc,p=AAAA,i=2147483648")) {
            rows.add(said(clause, "SCRAM with " + last, SCRAM, token(FIRST), token(last)));
        }
        for (String header : List.of("{\"alg\":\"none\"}", "{\"alg\":\"RS256\",\"kid\":\"unknown\"}", "{}")) {
            rows.add(said(clause, "bearer of " + header, BEARER, bearer(SecureDoors.token(header)), token("\1")));
        }
    }

    private static void addReauthentication(List<BadRow> rows) {
        Clause clause = Clause.KAFKA_REAUTHENTICATION; // KIP-368
        Ask wrong = password("wrong");
        rows.add(row(
                clause,
                "with a wrong password",
                stranger -> {
                    enter(stranger);
                    handshake(PLAIN).exchange(stranger);
                    stranger.send(wrong.frame());
                },
                refused(wrong)));
        Ask other = handshake(SCRAM);
        rows.add(row(
                clause,
                "with another mechanism",
                stranger -> {
                    enter(stranger);
                    stranger.send(other.frame());
                },
                Expected.answered(
                        stranger -> assertThat(((SaslHandshakeResponseData) other.answer(stranger)).errorCode())
                                .isEqualTo(Errors.ILLEGAL_SASL_STATE.code()))));
        byte[] metadata = KafkaWire.frame(ApiKeys.METADATA, 9, new byte[] {0, 0, 0, 0, 0});
        rows.add(row(
                clause,
                "left off in the middle",
                stranger -> {
                    enter(stranger);
                    handshake(PLAIN).exchange(stranger);
                    stranger.send(metadata);
                },
                Expected.closed()));
    }

    private static void enter(Stranger stranger) throws IOException {
        agree(stranger, PLAIN);
        Ask right = password(SecureDoors.PASSWORD);
        stranger.send(right.frame());
        assertThat(tokenError(right, stranger)).isEqualTo(Errors.NONE);
    }
}
