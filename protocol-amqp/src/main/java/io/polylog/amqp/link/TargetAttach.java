package io.polylog.amqp.link;

import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.engine.Receiver;

/** Attaches links on which a client sends. Owned by the connection's event loop. */
final class TargetAttach {
    private final LinkContext context;
    private final LinkHost host;
    private final Links links;
    private final PartialBudget budget;

    TargetAttach(LinkContext context, LinkHost host, Links links) {
        this.context = context;
        this.host = host;
        this.links = links;
        this.budget = new PartialBudget(context.limits().maxMessageBytes(), context.partialBytes());
    }

    /**
     * @throws AttachRefusedException if the link cannot be; later refusals go to {@link Links#refused}
     */
    void attach(Receiver receiver) {
        if (receiver.getRemoteTarget() instanceof Coordinator) {
            throw new AttachRefusedException(AmqpError.NOT_IMPLEMENTED, "transactions are not supported yet");
        }
        if (!(receiver.getRemoteTarget() instanceof Target target)) {
            throw new AttachRefusedException(AmqpError.INVALID_FIELD, "a sending link needs a target");
        }
        if (target.getDynamic()) {
            attachTemporary(receiver, target);
            return;
        }
        String text = target.getAddress();
        if (text == null) {
            open(receiver, target, new RelayDestination(context, host.loop()));
            return;
        }
        TemporaryNode node = context.temporaryNodes().find(text).orElse(null);
        if (node != null) {
            open(receiver, target, node::publish);
            return;
        }
        Address address = Address.parse(text);
        boolean asQueue = Capabilities.has(target.getCapabilities(), Capabilities.QUEUE);
        context.topics()
                .ensure(address, asQueue)
                .thenApply(topic -> {
                    if (topic.internal()) {
                        throw new AttachRefusedException(
                                AmqpError.NOT_ALLOWED, "topic " + topic.name() + " belongs to the gateway itself");
                    }
                    return RelayDestination.of(context, address, topic);
                })
                .whenCompleteAsync(
                        (destination, failure) -> {
                            if (failure != null) {
                                links.refused(receiver, failure);
                            } else {
                                open(receiver, target, destination);
                            }
                        },
                        host.loop());
    }

    private void attachTemporary(Receiver receiver, Target target) {
        TemporaryNode node = context.temporaryNodes()
                .create(Capabilities.has(target.getCapabilities(), Capabilities.TEMPORARY_TOPIC));
        target.setAddress(node.address());
        if (!open(receiver, target, node::publish)) {
            context.temporaryNodes().delete(node);
            return;
        }
        links.onClose(receiver, () -> context.temporaryNodes().delete(node));
    }

    private boolean open(Receiver receiver, Target target, Destination destination) {
        if (!links.attached(receiver)) {
            return false;
        }
        receiver.setSource(receiver.getRemoteSource());
        receiver.setTarget(target);
        receiver.setSenderSettleMode(receiver.getRemoteSenderSettleMode());
        // Part 2, §2.7.3: a receiver may settle first whatever the sender wished; as others do, we always do.
        receiver.setReceiverSettleMode(ReceiverSettleMode.FIRST);
        receiver.setMaxMessageSize(UnsignedLong.valueOf(context.limits().maxMessageBytes()));
        receiver.open();
        links.add(receiver, new ReceiverLink(receiver, destination, context, host, budget));
        host.flushSoon();
        return true;
    }
}
