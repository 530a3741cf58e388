package io.polylog.security;

/** One thing that somebody wants to do something with. */
public record Resource(ResourceType type, String name) {

    /** The gateway as a whole; its name is the one that Kafka's tools use. */
    public static final Resource CLUSTER = new Resource(ResourceType.CLUSTER, "kafka-cluster");

    public static Resource topic(String name) {
        return new Resource(ResourceType.TOPIC, name);
    }

    public static Resource group(String name) {
        return new Resource(ResourceType.GROUP, name);
    }

    public static Resource transactionalId(String name) {
        return new Resource(ResourceType.TRANSACTIONAL_ID, name);
    }
}
