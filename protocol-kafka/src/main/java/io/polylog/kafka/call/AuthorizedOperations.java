package io.polylog.kafka.call;

import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;

/** What a client may do, as the bit fields of KIP-430. Without access control that is everything a resource knows. */
public final class AuthorizedOperations {

    /** Not asked for. */
    public static final int OMITTED = Integer.MIN_VALUE;

    public static final int TOPIC = bits(Set.of(
            AclOperation.READ,
            AclOperation.WRITE,
            AclOperation.CREATE,
            AclOperation.DELETE,
            AclOperation.ALTER,
            AclOperation.DESCRIBE,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS));

    public static final int GROUP = bits(Set.of(
            AclOperation.READ,
            AclOperation.DELETE,
            AclOperation.DESCRIBE,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS));

    public static final int CLUSTER = bits(Set.of(
            AclOperation.CREATE,
            AclOperation.ALTER,
            AclOperation.DESCRIBE,
            AclOperation.CLUSTER_ACTION,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS,
            AclOperation.IDEMPOTENT_WRITE));

    private AuthorizedOperations() {}

    private static int bits(Set<AclOperation> operations) {
        int bits = 0;
        for (AclOperation operation : operations) {
            bits |= 1 << operation.code();
        }
        return bits;
    }
}
