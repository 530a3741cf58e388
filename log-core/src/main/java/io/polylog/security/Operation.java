package io.polylog.security;

/** What can be done with a resource. Constants are kept by name: never rename one. */
public enum Operation {
    READ,
    WRITE,
    CREATE,
    DELETE,
    ALTER,
    DESCRIBE,
    CLUSTER_ACTION,
    DESCRIBE_CONFIGS,
    ALTER_CONFIGS,
    IDEMPOTENT_WRITE,
    /** In an entry of a list only: every other one. */
    ALL;

    /** Whether an entry that allows {@code this} allows {@code asked} with it, though it does not say so. */
    boolean implies(Operation asked) {
        return switch (this) {
            case ALL -> true;
            case READ, WRITE, DELETE, ALTER -> asked == DESCRIBE;
            case ALTER_CONFIGS -> asked == DESCRIBE_CONFIGS;
            case CREATE, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, IDEMPOTENT_WRITE -> false;
        };
    }
}
