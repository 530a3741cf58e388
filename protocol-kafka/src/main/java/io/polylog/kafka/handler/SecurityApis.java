package io.polylog.kafka.handler;

import io.polylog.security.Security;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Proving who one is, and what users may do and how much. */
final class SecurityApis {

    private SecurityApis() {}

    static void addTo(Apis apis, Security security) {
        apis.add(ApiKeys.DESCRIBE_ACLS, DescribeAclsRequestData.class, new DescribeAclsHandler(security.acls()));
        apis.add(ApiKeys.CREATE_ACLS, CreateAclsRequestData.class, new CreateAclsHandler(security.acls()));
        apis.add(ApiKeys.DELETE_ACLS, DeleteAclsRequestData.class, new DeleteAclsHandler(security.acls()));
        apis.add(ApiKeys.SASL_HANDSHAKE, SaslHandshakeRequestData.class, new SaslHandshakeHandler());
        apis.add(ApiKeys.SASL_AUTHENTICATE, SaslAuthenticateRequestData.class, new SaslAuthenticateHandler());
        apis.add(
                ApiKeys.DESCRIBE_CLIENT_QUOTAS,
                DescribeClientQuotasRequestData.class,
                new DescribeClientQuotasHandler(security.quotas()));
        apis.add(
                ApiKeys.ALTER_CLIENT_QUOTAS,
                AlterClientQuotasRequestData.class,
                new AlterClientQuotasHandler(security.quotas()));
        apis.add(
                ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
                DescribeUserScramCredentialsRequestData.class,
                new DescribeUserScramCredentialsHandler(security.credentials()));
        apis.add(
                ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
                AlterUserScramCredentialsRequestData.class,
                new AlterUserScramCredentialsHandler(security.credentials()));
    }
}
