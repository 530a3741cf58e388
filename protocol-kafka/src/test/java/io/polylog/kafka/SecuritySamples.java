package io.polylog.kafka;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntryData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData.AclCreation;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData.DeleteAclsFilter;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
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
            ApiKeys.DESCRIBE_CLIENT_QUOTAS,
            new Sample(
                    new DescribeClientQuotasRequestData()
                            .setComponents(List.of(
                                    new ComponentData().setEntityType("user").setMatchType((byte) 2))),
                    Errors.NONE),
            ApiKeys.ALTER_CLIENT_QUOTAS,
            new Sample(
                    new AlterClientQuotasRequestData()
                            .setEntries(List.of(new EntryData()
                                    .setEntity(List.of(new EntityData()
                                            .setEntityType("user")
                                            .setEntityName("a")))
                                    .setOps(List.of(new OpData()
                                            .setKey("producer_byte_rate")
                                            .setValue(1e9))))),
                    Errors.NONE),
            ApiKeys.DESCRIBE_ACLS,
            new Sample(
                    new DescribeAclsRequestData()
                            .setResourceTypeFilter((byte) 1)
                            .setPatternTypeFilter((byte) 1)
                            .setOperation((byte) 1)
                            .setPermissionType((byte) 1),
                    Errors.SECURITY_DISABLED),
            ApiKeys.CREATE_ACLS,
            new Sample(
                    new CreateAclsRequestData()
                            .setCreations(List.of(new AclCreation()
                                    .setResourceType((byte) 2)
                                    .setResourceName("t")
                                    .setResourcePatternType((byte) 3)
                                    .setPrincipal("User:a")
                                    .setHost("*")
                                    .setOperation((byte) 3)
                                    .setPermissionType((byte) 3))),
                    Errors.SECURITY_DISABLED),
            ApiKeys.DELETE_ACLS,
            new Sample(
                    new DeleteAclsRequestData()
                            .setFilters(List.of(new DeleteAclsFilter()
                                    .setResourceTypeFilter((byte) 1)
                                    .setPatternTypeFilter((byte) 1)
                                    .setOperation((byte) 1)
                                    .setPermissionType((byte) 1))),
                    Errors.SECURITY_DISABLED),
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
