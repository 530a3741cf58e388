package io.polylog.kafka.handler;

import io.polylog.security.Acls;
import io.polylog.security.Operation;
import io.polylog.security.Resource;
import io.polylog.security.ResourceType;
import java.util.Optional;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;

/** What the client behind a call may do. Any thread. */
final class Access {

    private final Acls acls;

    Access(Acls acls) {
        this.acls = acls;
    }

    boolean topic(Call call, Operation operation, String name) {
        return acls.allows(call.subject(), operation, Resource.topic(name));
    }

    boolean group(Call call, Operation operation, String id) {
        return acls.allows(call.subject(), operation, Resource.group(id));
    }

    boolean transactionalId(Call call, Operation operation, String id) {
        return acls.allows(call.subject(), operation, Resource.transactionalId(id));
    }

    boolean cluster(Call call, Operation operation) {
        return acls.allows(call.subject(), operation, Resource.CLUSTER);
    }

    /** Whether there is any topic with which the client may do that. */
    boolean someTopic(Call call, Operation operation) {
        return acls.allowsAny(call.subject(), operation, ResourceType.TOPIC);
    }

    /** What keeps the client from doing that with the gateway as a whole. */
    Optional<ApiException> clusterRefusal(Call call, Operation operation) {
        return cluster(call, operation)
                ? Optional.empty()
                : Optional.of(new ClusterAuthorizationException("Cluster authorization failed."));
    }
}
