package io.polylog.security;

/** Kinds of things that rights are about. Constants are kept by name: never rename one. */
public enum ResourceType {
    TOPIC,
    GROUP,
    TRANSACTIONAL_ID,
    CLUSTER
}
