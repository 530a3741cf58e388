package io.polylog.kafka;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** A request of each API of security, and what a door that asks nobody who they are answers to it. */
final class SecuritySamples {

    record Sample(ApiMessage request, Errors expected) {}

    private static final Map<ApiKeys, Sample> SAMPLES = Map.of(
            ApiKeys.SASL_HANDSHAKE,
            new Sample(new SaslHandshakeRequestData().setMechanism("PLAIN"), Errors.ILLEGAL_SASL_STATE),
            ApiKeys.SASL_AUTHENTICATE,
            new Sample(new SaslAuthenticateRequestData().setAuthBytes(new byte[1]), Errors.ILLEGAL_SASL_STATE),
            ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
            new Sample(
                    new DescribeUserScramCredentialsRequestData().setUsers(List.of(new UserName().setName("nobody"))),
                    Errors.RESOURCE_NOT_FOUND),
            ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
            new Sample(
                    new AlterUserScramCredentialsRequestData()
                            .setDeletions(List.of(new ScramCredentialDeletion()
                                    .setName("nobody")
                                    .setMechanism((byte) 1))),
                    Errors.RESOURCE_NOT_FOUND));

    private SecuritySamples() {}

    static Optional<Sample> of(ApiKeys key) {
        return Optional.ofNullable(SAMPLES.get(key));
    }
}
