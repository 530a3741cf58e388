package io.polylog.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterUserScramCredentialsResponse;
import org.apache.kafka.common.requests.SaslAuthenticateResponse;

/** SASL and SCRAM requests that no client would send. */
final class RawScram {

    private RawScram() {}

    static Errors authenticate(RawClient client, byte[] token, int correlationId) throws IOException {
        return step(client, token, correlationId).error();
    }

    static SaslAuthenticateResponse step(RawClient client, byte[] token, int correlationId) throws IOException {
        client.send(
                ApiKeys.SASL_AUTHENTICATE,
                (short) 2,
                correlationId,
                new SaslAuthenticateRequestData().setAuthBytes(token));
        return (SaslAuthenticateResponse) client.receive(ApiKeys.SASL_AUTHENTICATE, (short) 2, correlationId);
    }

    static void handshake(RawClient client, String mechanism) throws IOException {
        client.send(ApiKeys.SASL_HANDSHAKE, (short) 1, 1, new SaslHandshakeRequestData().setMechanism(mechanism));
        client.receive(ApiKeys.SASL_HANDSHAKE, (short) 1, 1);
    }

    static byte[] plain(String user, String password) {
        return ("\0" + user + "\0" + password).getBytes(UTF_8);
    }

    /** Asks for a credential of so many iterations, and answers with what was said about it. */
    static Errors alter(int port, String user, String password, int iterations) throws IOException {
        try (RawClient client = new RawClient(port)) {
            handshake(client, "PLAIN");
            authenticate(client, plain(user, password), 2);
            client.send(
                    ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
                    (short) 0,
                    3,
                    new AlterUserScramCredentialsRequestData()
                            .setUpsertions(List.of(new ScramCredentialUpsertion()
                                    .setName("anna")
                                    .setMechanism((byte) 1)
                                    .setIterations(iterations)
                                    .setSalt("salt".getBytes(UTF_8))
                                    .setSaltedPassword(new byte[32]))));
            AlterUserScramCredentialsResponse response = (AlterUserScramCredentialsResponse)
                    client.receive(ApiKeys.ALTER_USER_SCRAM_CREDENTIALS, (short) 0, 3);
            return Errors.forCode(response.data().results().get(0).errorCode());
        }
    }
}
