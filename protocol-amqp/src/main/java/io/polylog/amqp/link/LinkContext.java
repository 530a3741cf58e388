package io.polylog.amqp.link;

import io.polylog.spi.AdapterContext;
import java.util.concurrent.atomic.AtomicLong;

/** What all links of all connections of a door share. Any thread. */
public final class LinkContext {
    private final AdapterContext gateway;
    private final AmqpLimits limits;
    private final LinkMeters meters;
    private final TopicLookup topics;
    private final TemporaryNodes temporaryNodes = new TemporaryNodes();
    private final AtomicLong partialBytes = new AtomicLong();

    /**
     * @param gateway the ports
     * @param limits what one connection may use
     */
    public LinkContext(AdapterContext gateway, AmqpLimits limits) {
        this.gateway = gateway;
        this.limits = limits;
        this.meters = new LinkMeters(gateway.meters(), gateway.topicMeters());
        this.topics = new TopicLookup(gateway.topics());
    }

    public AdapterContext gateway() {
        return gateway;
    }

    public AmqpLimits limits() {
        return limits;
    }

    /** Counts a connection that a fault of its peer has ended. */
    public void protocolError() {
        meters.protocolErrors.add(1);
    }

    LinkMeters meters() {
        return meters;
    }

    TopicLookup topics() {
        return topics;
    }

    TemporaryNodes temporaryNodes() {
        return temporaryNodes;
    }

    /** Of messages of which a part has arrived; counted by {@link PartialBudget}. */
    AtomicLong partialBytes() {
        return partialBytes;
    }
}
