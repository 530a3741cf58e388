package io.polylog.kafka.handler;

import io.polylog.kafka.call.AclTypes;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Acl;
import io.polylog.security.Acls;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsFilterResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DeleteAclsRequest;
import org.apache.kafka.common.requests.DeleteAclsResponse;

/** DeleteAcls: removes the entries that filters let through, in one step; answered when decisions go without them. */
final class DeleteAclsHandler implements RequestHandler<DeleteAclsRequestData> {

    private final Acls acls;

    DeleteAclsHandler(Acls acls) {
        this.acls = acls;
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DeleteAclsRequestData request) {
        if (!acls.enforced()) {
            throw Errors.SECURITY_DISABLED.exception(DescribeAclsHandler.NO_LIST);
        }
        Set<Acl> removed = new LinkedHashSet<>();
        List<DeleteAclsFilterResult> results = new ArrayList<>();
        for (AclBindingFilter filter : ((DeleteAclsRequest) call.request().body()).filters()) {
            DeleteAclsFilterResult result = new DeleteAclsFilterResult().setErrorMessage(null);
            for (Acl acl : acls.all()) {
                AclBinding binding = AclTypes.binding(acl);
                if (filter.matches(binding)) {
                    removed.add(acl);
                    result.matchingAcls().add(DeleteAclsResponse.matchingAcl(binding, ApiError.NONE));
                }
            }
            results.add(result);
        }
        return acls.change(List.of(), removed)
                .thenApply(done -> Reply.of(new DeleteAclsResponseData().setFilterResults(results)));
    }
}
