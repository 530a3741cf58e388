package io.polylog.group;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.authorizer.AclCreateResult;
import org.apache.kafka.server.authorizer.AclDeleteResult;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.apache.kafka.server.authorizer.Authorizer;
import org.apache.kafka.server.authorizer.AuthorizerServerInfo;

/**
 * What Kafka's coordinator asks when it looks which topics a regular expression matches (KIP-848): whether the caller may see
 * them. All else doors have decided before they call; nothing else is allowed here. Coordinator threads.
 */
final class SightAuthorizer implements Authorizer {

    @Override
    public List<AuthorizationResult> authorize(AuthorizableRequestContext context, List<Action> actions) {
        return actions.stream()
                .map(action -> context instanceof CallerContext known && sees(known.caller(), action)
                        ? AuthorizationResult.ALLOWED
                        : AuthorizationResult.DENIED)
                .toList();
    }

    private static boolean sees(Caller caller, Action action) {
        return action.operation() == AclOperation.DESCRIBE
                && action.resourcePattern().resourceType() == ResourceType.TOPIC
                && caller.sees().test(action.resourcePattern().name());
    }

    @Override
    public Map<Endpoint, ? extends CompletionStage<Void>> start(AuthorizerServerInfo server) {
        return Map.of();
    }

    @Override
    public List<? extends CompletionStage<AclCreateResult>> createAcls(
            AuthorizableRequestContext context, List<AclBinding> bindings) {
        throw askedForEntries();
    }

    @Override
    public List<? extends CompletionStage<AclDeleteResult>> deleteAcls(
            AuthorizableRequestContext context, List<AclBindingFilter> filters) {
        throw askedForEntries();
    }

    @Override
    public Iterable<AclBinding> acls(AclBindingFilter filter) {
        throw askedForEntries();
    }

    /** The coordinator asks {@link #authorize} alone; the entries are changed by commands, and looked at by the doors. */
    private static IllegalStateException askedForEntries() {
        return new IllegalStateException("the group coordinator asked for access control entries");
    }

    @Override
    public void configure(Map<String, ?> settings) {}

    @Override
    public void close() {}
}
