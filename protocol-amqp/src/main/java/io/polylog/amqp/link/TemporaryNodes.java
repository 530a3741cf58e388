package io.polylog.amqp.link;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.qpid.proton.amqp.transport.AmqpError;

/** The dynamic nodes of this door, by address; at most {@value #MAX_NODES}. Any thread. */
final class TemporaryNodes {
    static final int MAX_NODES = 10_000;

    private static final String PREFIX = "temporary/";

    private final Map<String, TemporaryNode> nodes = new ConcurrentHashMap<>();

    TemporaryNode create(boolean topic) {
        if (nodes.size() >= MAX_NODES) {
            throw new AttachRefusedException(
                    AmqpError.RESOURCE_LIMIT_EXCEEDED, "there are " + MAX_NODES + " dynamic nodes already");
        }
        TemporaryNode node = new TemporaryNode(PREFIX + UUID.randomUUID(), topic);
        nodes.put(node.address(), node);
        return node;
    }

    Optional<TemporaryNode> find(String address) {
        if (!address.startsWith(PREFIX)) {
            return Optional.empty();
        }
        TemporaryNode node = nodes.get(address);
        if (node == null) {
            throw new AttachRefusedException(AmqpError.NOT_FOUND, "that dynamic node is gone");
        }
        return Optional.of(node);
    }

    void delete(TemporaryNode node) {
        nodes.remove(node.address());
        node.end();
    }
}
