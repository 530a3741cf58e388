package io.polylog.amqp.link;

import io.polylog.broker.Topic;
import io.polylog.share.ShareConsumer;
import io.polylog.share.ShareGroups.StartAt;
import java.util.concurrent.CompletionStage;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.engine.Sender;

/** Attaches links on which a client receives. Owned by the connection's event loop. */
final class SourceAttach {
    private static final Symbol COPY = Symbol.valueOf("copy");

    private final LinkContext context;
    private final LinkHost host;
    private final Links links;
    private final Burst burst;

    SourceAttach(LinkContext context, LinkHost host, Links links, Burst burst) {
        this.context = context;
        this.host = host;
        this.links = links;
        this.burst = burst;
    }

    /**
     * @throws AttachRefusedException if the link cannot be; later refusals go to {@link Links#refused}
     */
    void attach(Sender sender) {
        if (!(sender.getRemoteSource() instanceof Source source)) {
            // How JMS clients ask for a durable subscription that they want to end.
            throw new AttachRefusedException(AmqpError.NOT_FOUND, "there is no subscription of that name");
        }
        if (source.getFilter() != null && !source.getFilter().isEmpty()) {
            throw new AttachRefusedException(
                    AmqpError.NOT_IMPLEMENTED, "selectors and other filters are not supported yet");
        }
        if (source.getDynamic()) {
            attachTemporary(sender, source);
            return;
        }
        String text = source.getAddress();
        if (text == null) {
            throw new AttachRefusedException(AmqpError.INVALID_FIELD, "a receiving link needs a source address");
        }
        TemporaryNode node = context.temporaryNodes().find(text).orElse(null);
        if (node != null) {
            open(sender, source, node);
            return;
        }
        attach(sender, source, Address.parse(text));
    }

    private void attach(Sender sender, Source source, Address address) {
        if (address.partition().isPresent()) {
            throw new AttachRefusedException(
                    AmqpError.NOT_IMPLEMENTED, "reading a chosen partition is not supported yet");
        }
        boolean subscription = Capabilities.has(source.getCapabilities(), Capabilities.TOPIC)
                && address.shareGroup().isEmpty();
        if (subscription && (isDurable(source) || Capabilities.has(source.getCapabilities(), Capabilities.SHARED))) {
            throw new AttachRefusedException(
                    AmqpError.NOT_IMPLEMENTED,
                    "durable and shared subscriptions are not supported yet; the address topic::group shares one");
        }
        boolean asQueue = Capabilities.has(source.getCapabilities(), Capabilities.QUEUE);
        SenderLink link = new SenderLink(sender, context, host, burst);
        CompletionStage<Topic> topic = context.topics().ensure(address, asQueue);
        if (subscription || COPY.equals(source.getDistributionMode())) {
            topic.whenCompleteAsync(
                    (found, failure) -> {
                        if (failure != null) {
                            links.refused(sender, failure);
                        } else {
                            openOnLog(sender, source, link, found, subscription);
                        }
                    },
                    host.loop());
            return;
        }
        ShareSource shared = new ShareSource(link, host.loop());
        topic.thenCompose(found -> join(address, found, shared))
                .whenCompleteAsync(
                        (member, failure) -> {
                            if (failure != null) {
                                links.refused(sender, failure);
                            } else {
                                open(sender, source, link, shared, member);
                            }
                        },
                        host.loop());
    }

    /** The ledger of a queue begins with the earliest record, any other where the topic says: mostly with what comes. */
    private CompletionStage<ShareConsumer> join(Address address, Topic topic, ShareSource listener) {
        StartAt start = address.shareGroup().isEmpty() ? StartAt.EARLIEST : StartAt.of(topic);
        return context.gateway().shareGroups().join(address.ledger(), topic, start, host.loop(), listener);
    }

    private static boolean isDurable(Source source) {
        return (source.getDurable() != null && !TerminusDurability.NONE.equals(source.getDurable()))
                || TerminusExpiryPolicy.NEVER.equals(source.getExpiryPolicy());
    }

    private void attachTemporary(Sender sender, Source source) {
        TemporaryNode node = context.temporaryNodes()
                .create(Capabilities.has(source.getCapabilities(), Capabilities.TEMPORARY_TOPIC));
        source.setAddress(node.address());
        if (!open(sender, source, node)) {
            context.temporaryNodes().delete(node);
            return;
        }
        links.onClose(sender, () -> context.temporaryNodes().delete(node));
    }

    private boolean open(Sender sender, Source source, TemporaryNode node) {
        SenderLink link = new SenderLink(sender, context, host, burst);
        ShareSource shared = new ShareSource(link, host.loop());
        return open(sender, source, link, shared, node.join(host.loop(), shared));
    }

    private boolean open(Sender sender, Source source, SenderLink link, ShareSource shared, ShareConsumer member) {
        if (!links.attached(sender)) {
            member.close();
            return false;
        }
        shared.joined(member);
        answer(sender, source);
        links.add(sender, link);
        link.start(shared);
        return true;
    }

    private void openOnLog(Sender sender, Source source, SenderLink link, Topic topic, boolean subscription) {
        CursorSource cursors;
        try {
            cursors = subscription
                    ? CursorSource.subscription(link, context.gateway(), host.loop(), topic)
                    : CursorSource.browser(link, context.gateway(), host.loop(), topic);
        } catch (RuntimeException refused) {
            links.refused(sender, refused);
            return;
        }
        if (!links.attached(sender)) {
            cursors.close();
            return;
        }
        answer(sender, source);
        links.add(sender, link);
        link.start(cursors);
    }

    private void answer(Sender sender, Source source) {
        sender.setSource(source);
        sender.setTarget(sender.getRemoteTarget());
        sender.setSenderSettleMode(sender.getRemoteSenderSettleMode());
        sender.setReceiverSettleMode(sender.getRemoteReceiverSettleMode());
        sender.open();
        host.flushSoon();
    }
}
