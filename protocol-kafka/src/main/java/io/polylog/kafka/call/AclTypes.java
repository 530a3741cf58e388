package io.polylog.kafka.call;

import io.polylog.security.Acl;
import io.polylog.security.Operation;
import io.polylog.security.ResourceType;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;

/** Entries of the access control list as Kafka's classes, and back. */
public final class AclTypes {

    private AclTypes() {}

    public static byte code(Operation operation) {
        return kafkas(operation).code();
    }

    private static AclOperation kafkas(Operation operation) {
        return switch (operation) {
            case READ -> AclOperation.READ;
            case WRITE -> AclOperation.WRITE;
            case CREATE -> AclOperation.CREATE;
            case DELETE -> AclOperation.DELETE;
            case ALTER -> AclOperation.ALTER;
            case DESCRIBE -> AclOperation.DESCRIBE;
            case CLUSTER_ACTION -> AclOperation.CLUSTER_ACTION;
            case DESCRIBE_CONFIGS -> AclOperation.DESCRIBE_CONFIGS;
            case ALTER_CONFIGS -> AclOperation.ALTER_CONFIGS;
            case IDEMPOTENT_WRITE -> AclOperation.IDEMPOTENT_WRITE;
            case ALL -> AclOperation.ALL;
        };
    }

    private static org.apache.kafka.common.resource.ResourceType kafkas(ResourceType type) {
        return switch (type) {
            case TOPIC -> org.apache.kafka.common.resource.ResourceType.TOPIC;
            case GROUP -> org.apache.kafka.common.resource.ResourceType.GROUP;
            case TRANSACTIONAL_ID -> org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
            case CLUSTER -> org.apache.kafka.common.resource.ResourceType.CLUSTER;
        };
    }

    public static AclBinding binding(Acl acl) {
        return new AclBinding(
                new ResourcePattern(
                        kafkas(acl.type()),
                        acl.name(),
                        acl.pattern() == Acl.Pattern.LITERAL ? PatternType.LITERAL : PatternType.PREFIXED),
                new AccessControlEntry(
                        acl.principal(),
                        acl.host(),
                        kafkas(acl.operation()),
                        acl.allow() ? AclPermissionType.ALLOW : AclPermissionType.DENY));
    }

    /**
     * @throws InvalidRequestException if there is no such thing here
     */
    public static Acl acl(AclBinding binding) {
        try {
            return new Acl(
                    type(binding.pattern().resourceType()),
                    pattern(binding.pattern().patternType()),
                    binding.pattern().name(),
                    binding.entry().principal(),
                    binding.entry().host(),
                    operation(binding.entry().operation()),
                    allows(binding.entry().permissionType()));
        } catch (IllegalArgumentException refused) {
            throw new InvalidRequestException(refused.getMessage());
        }
    }

    private static ResourceType type(org.apache.kafka.common.resource.ResourceType type) {
        for (ResourceType ours : ResourceType.values()) {
            if (kafkas(ours) == type) {
                return ours;
            }
        }
        throw new InvalidRequestException("there are no resources of type " + type + " here");
    }

    private static Operation operation(AclOperation operation) {
        for (Operation ours : Operation.values()) {
            if (kafkas(ours) == operation) {
                return ours;
            }
        }
        throw new InvalidRequestException("nothing here knows the operation " + operation);
    }

    private static Acl.Pattern pattern(PatternType type) {
        if (type == PatternType.LITERAL) {
            return Acl.Pattern.LITERAL;
        }
        if (type == PatternType.PREFIXED) {
            return Acl.Pattern.PREFIXED;
        }
        throw new InvalidRequestException("an ACL has a literal or prefixed pattern, not " + type);
    }

    private static boolean allows(AclPermissionType type) {
        if (type != AclPermissionType.ALLOW && type != AclPermissionType.DENY) {
            throw new InvalidRequestException("an ACL allows or denies, not " + type);
        }
        return type == AclPermissionType.ALLOW;
    }
}
