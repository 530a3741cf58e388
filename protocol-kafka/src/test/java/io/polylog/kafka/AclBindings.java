package io.polylog.kafka;

import static org.apache.kafka.common.resource.ResourceType.CLUSTER;

import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** Entries of an access control list about {@code User:anna}, from anywhere. */
final class AclBindings {

    private AclBindings() {}

    static AclBinding acl(
            AclPermissionType permission, ResourceType type, String name, AclOperation operation, PatternType pattern) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:anna", "*", operation, permission));
    }

    static AclBinding allow(ResourceType type, String name, AclOperation operation) {
        return acl(AclPermissionType.ALLOW, type, name, operation, PatternType.LITERAL);
    }

    static AclBinding cluster(AclOperation operation) {
        return allow(CLUSTER, "kafka-cluster", operation);
    }
}
