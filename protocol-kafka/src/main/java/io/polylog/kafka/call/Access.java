package io.polylog.kafka.call;

import io.polylog.broker.Topic;
import io.polylog.security.Acls;
import io.polylog.security.Operation;
import io.polylog.security.Resource;
import io.polylog.security.ResourceType;
import io.polylog.security.Subject;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What the client behind a call may do; everything where no access control list is enforced. Any thread. */
public final class Access {

    private final Acls acls;
    private final TopicLookup topics;

    public Access(Acls acls, TopicLookup topics) {
        this.acls = acls;
        this.topics = topics;
    }

    private boolean allows(Call call, Operation operation, Resource resource) {
        return !acls.enforced() || acls.allows(call.subject(), operation, resource);
    }

    public boolean topic(Call call, Operation operation, String name) {
        return allows(call, operation, Resource.topic(name));
    }

    /**
     * As {@link #topic(Call, Operation, String)}, of a topic that is named by its id unless that is the zero id. What nothing
     * is known of is left to the handler, which knows what to say.
     */
    public boolean topic(Call call, Operation operation, @Nullable String name, Uuid id) {
        if (id.equals(Uuid.ZERO_UUID)) {
            return name == null || topic(call, operation, name);
        }
        Optional<Topic> topic = topics.find(null, id);
        return topic.isEmpty() || topic(call, operation, topic.get().name());
    }

    /** Whether whoever is behind a call may read a topic, to be asked again later. */
    public Predicate<String> reading(Call call) {
        return topics(call, Operation.READ);
    }

    /** The same of seeing it. */
    public Predicate<String> seeing(Call call) {
        return topics(call, Operation.DESCRIBE);
    }

    private Predicate<String> topics(Call call, Operation operation) {
        Subject subject = call.subject();
        return name -> !acls.enforced() || acls.allows(subject, operation, Resource.topic(name));
    }

    public boolean group(Call call, Operation operation, String id) {
        return allows(call, operation, Resource.group(id));
    }

    public boolean transactionalId(Call call, Operation operation, String id) {
        return allows(call, operation, Resource.transactionalId(id));
    }

    public boolean cluster(Call call, Operation operation) {
        return allows(call, operation, Resource.CLUSTER);
    }

    /** Whether there is any topic with which the client may do that. */
    public boolean someTopic(Call call, Operation operation) {
        return acls.allowsAny(call.subject(), operation, ResourceType.TOPIC);
    }

    /** Whether the client may have that topic made. */
    public boolean creating(Call call, String name) {
        return cluster(call, Operation.CREATE) || topic(call, Operation.CREATE, name);
    }

    public void requireGroup(Call call, Operation operation, String id) {
        if (!group(call, operation, id)) {
            throw Errors.GROUP_AUTHORIZATION_FAILED.exception();
        }
    }

    public void requireTransactionalId(Call call, Operation operation, String id) {
        if (!transactionalId(call, operation, id)) {
            throw Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception();
        }
    }

    /**
     * @param names null for none
     */
    public void requireTopics(Call call, Operation operation, @Nullable List<String> names) {
        if (names != null && !names.stream().allMatch(name -> topic(call, operation, name))) {
            throw Errors.TOPIC_AUTHORIZATION_FAILED.exception();
        }
    }

    /**
     * Those of some operations that the client may do, as the bit fields of KIP-430.
     *
     * @param operations what the resource knows; {@link AuthorizedOperations#OMITTED} stays that
     */
    public int mask(Call call, Resource resource, int operations) {
        if (operations == AuthorizedOperations.OMITTED) {
            return operations;
        }
        int allowed = 0;
        for (Operation operation : Operation.values()) {
            int bit = 1 << AclTypes.code(operation);
            if ((operations & bit) != 0 && allows(call, operation, resource)) {
                allowed |= bit;
            }
        }
        return allowed;
    }
}
