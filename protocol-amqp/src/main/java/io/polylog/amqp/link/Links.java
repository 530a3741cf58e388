package io.polylog.amqp.link;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;

/**
 * The links of one connection: each is attached or refused here, and from then on hears of what concerns it.
 *
 * <p>Owned by the connection's event loop.
 */
public final class Links {
    private final LinkHost host;
    private final TargetAttach targets;
    private final SourceAttach sources;
    private final Burst burst = new Burst();
    private final Map<Link, LinkHandler> handlers = new LinkedHashMap<>();
    private final Map<Link, Runnable> onClose = new HashMap<>();
    private int attaching;
    private boolean closed;

    public Links(LinkContext context, LinkHost host) {
        this.host = host;
        this.targets = new TargetAttach(context, host, this);
        this.sources = new SourceAttach(context, host, this, burst);
    }

    /** The client has attached a link: it will be attached here too, or refused. */
    public void attach(Link link) {
        if (handlers.size() + attaching >= AmqpLimits.MAX_LINKS) {
            refuse(
                    link,
                    new AttachRefusedException(
                            AmqpError.RESOURCE_LIMIT_EXCEEDED,
                            "a connection may have " + AmqpLimits.MAX_LINKS + " links"));
            return;
        }
        attaching++;
        try {
            if (link instanceof Receiver receiver) {
                targets.attach(receiver);
            } else if (link instanceof Sender sender) {
                sources.attach(sender);
            }
        } catch (RuntimeException refused) {
            refused(link, refused);
        }
    }

    /** Ends an attach that succeeded; answers whether the client is still there and wants the link. */
    boolean attached(Link link) {
        attaching--;
        return !closed
                && link.getSession().getLocalState() != EndpointState.CLOSED
                && link.getRemoteState() == EndpointState.ACTIVE
                && link.getLocalState() == EndpointState.UNINITIALIZED;
    }

    void add(Link link, LinkHandler handler) {
        handlers.put(link, handler);
    }

    /** Runs {@code action} once the link is gone, for whatever reason. */
    void onClose(Link link, Runnable action) {
        onClose.put(link, action);
    }

    /** Ends an attach that failed. */
    void refused(Link link, Throwable failure) {
        if (attached(link)) {
            refuse(link, failure);
        }
    }

    /** AMQP 1.0 part 2, §2.6.3: an attach without the terminus that cannot be, then a detach that says why. */
    private void refuse(Link link, Throwable failure) {
        ErrorCondition condition = Conditions.of(failure);
        if (link instanceof Receiver) {
            link.setSource(link.getRemoteSource());
            link.setTarget(null);
        } else {
            link.setSource(null);
            link.setTarget(link.getRemoteTarget());
        }
        link.setSenderSettleMode(link.getRemoteSenderSettleMode());
        link.setReceiverSettleMode(link.getRemoteReceiverSettleMode());
        link.open();
        link.setCondition(condition);
        link.close();
        host.flushSoon();
    }

    public void flow(Link link) {
        LinkHandler handler = handlers.get(link);
        if (handler != null) {
            handler.flow();
        }
    }

    public void delivery(Delivery delivery) {
        Link link = delivery.getLink();
        LinkHandler handler = handlers.get(link);
        if (handler != null && link.getLocalState() == EndpointState.ACTIVE) {
            handler.delivery(delivery);
        } else if (link instanceof Receiver receiver && delivery == receiver.current()) {
            receiver.recv(); // we have detached already: what still comes is not kept
            if (!delivery.isPartial() || delivery.isAborted()) {
                receiver.advance();
                delivery.settle();
            }
        }
    }

    /** The client has detached a link, or answered our detach. */
    public void detached(Link link) {
        LinkHandler handler = handlers.remove(link);
        if (handler != null) {
            handler.close(LinkHandler.Departure.DETACHED);
        }
        Runnable action = onClose.remove(link);
        if (action != null) {
            action.run();
        }
        if (link.getLocalState() != EndpointState.CLOSED) {
            link.close();
        }
        host.flushSoon();
    }

    /** The client has ended a session, and with it its links. */
    public void ended(Session session) {
        for (Link link : new ArrayList<>(handlers.keySet())) {
            if (link.getSession() == session) {
                detached(link);
            }
        }
    }

    /** All events at hand have been handled. */
    public void endOfBurst() {
        burst.end();
    }

    /** The connection takes bytes again. */
    public void resume() {
        List<LinkHandler> resuming = new ArrayList<>(handlers.values());
        resuming.forEach(LinkHandler::resume);
    }

    /**
     * The connection is gone; what is attaching still will find it so.
     *
     * @param inGoodOrder whether the client closed it, rather than broke off
     */
    public void closeAll(boolean inGoodOrder) {
        closed = true;
        List<LinkHandler> closing = new ArrayList<>(handlers.values());
        handlers.clear();
        closing.forEach(
                handler -> handler.close(inGoodOrder ? LinkHandler.Departure.DETACHED : LinkHandler.Departure.LOST));
        List<Runnable> actions = new ArrayList<>(onClose.values());
        onClose.clear();
        actions.forEach(Runnable::run);
    }
}
