package io.polylog.kafka.handler;

import io.polylog.kafka.call.AclTypes;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Acl;
import io.polylog.security.Acls;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData.AclCreation;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateAclsResponseData.AclCreationResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreateAclsRequest;

/** CreateAcls: adds the entries that can be, in one step; answered when decisions go by them. */
final class CreateAclsHandler implements RequestHandler<CreateAclsRequestData> {

    private final Acls acls;

    CreateAclsHandler(Acls acls) {
        this.acls = acls;
    }

    @Override
    public CompletionStage<Reply> handle(Call call, CreateAclsRequestData request) {
        if (!acls.enforced()) {
            throw Errors.SECURITY_DISABLED.exception(DescribeAclsHandler.NO_LIST);
        }
        List<Acl> added = new ArrayList<>();
        List<AclCreationResult> results = new ArrayList<>();
        for (AclCreation creation : request.creations()) {
            AclCreationResult result = new AclCreationResult();
            try {
                added.add(AclTypes.acl(CreateAclsRequest.aclBinding(creation)));
            } catch (ApiException | IllegalArgumentException refused) {
                result.setErrorCode(Errors.INVALID_REQUEST.code()).setErrorMessage(refused.getMessage());
            }
            results.add(result);
        }
        return acls.change(added, List.of())
                .thenApply(done -> Reply.of(new CreateAclsResponseData().setResults(results)));
    }
}
