package io.polylog.kafka.handler;

import io.polylog.kafka.call.AclTypes;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Acls;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeAclsRequest;
import org.apache.kafka.common.requests.DescribeAclsResponse;

/** DescribeAcls: the entries of the access control list that a filter lets through. */
final class DescribeAclsHandler implements RequestHandler<DescribeAclsRequestData> {

    static final String NO_LIST = "No Authorizer is configured: security.acls is false";

    private final Acls acls;

    DescribeAclsHandler(Acls acls) {
        this.acls = acls;
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DescribeAclsRequestData request) {
        if (!acls.enforced()) {
            throw Errors.SECURITY_DISABLED.exception(NO_LIST);
        }
        AclBindingFilter filter = ((DescribeAclsRequest) call.request().body()).filter();
        List<AclBinding> matching = acls.all().stream()
                .map(AclTypes::binding)
                .filter(filter::matches)
                .toList();
        return CompletableFuture.completedFuture(
                Reply.of(new DescribeAclsResponseData().setResources(DescribeAclsResponse.aclsResources(matching))));
    }
}
