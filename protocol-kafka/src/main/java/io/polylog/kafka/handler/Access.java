package io.polylog.kafka.handler;

import io.polylog.security.Acl;
import io.polylog.security.Acls;
import io.polylog.security.Operation;
import io.polylog.security.Resource;
import io.polylog.security.ResourceType;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

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

    /** Whether the client may do that with every topic, also those that are yet to come. */
    boolean everyTopic(Call call, Operation operation) {
        return !acls.enforced() || topic(call, operation, Acl.ANY);
    }

    void requireGroup(Call call, Operation operation, String id) {
        if (!group(call, operation, id)) {
            throw Errors.GROUP_AUTHORIZATION_FAILED.exception();
        }
    }

    void requireTransactionalId(Call call, Operation operation, String id) {
        if (!transactionalId(call, operation, id)) {
            throw Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception();
        }
    }

    /**
     * @param names null for none
     */
    void requireTopics(Call call, Operation operation, @Nullable List<String> names) {
        if (names != null && !names.stream().allMatch(name -> topic(call, operation, name))) {
            throw Errors.TOPIC_AUTHORIZATION_FAILED.exception();
        }
    }

    /**
     * Those of some operations that the client may do, as the bit fields of KIP-430.
     *
     * @param operations what the resource knows; {@link AuthorizedOperations#OMITTED} stays that
     */
    int mask(Call call, Resource resource, int operations) {
        if (operations == AuthorizedOperations.OMITTED) {
            return operations;
        }
        int allowed = 0;
        for (Operation operation : Operation.values()) {
            int bit = 1 << AclTypes.code(operation);
            if ((operations & bit) != 0 && acls.allows(call.subject(), operation, resource)) {
                allowed |= bit;
            }
        }
        return allowed;
    }
}
