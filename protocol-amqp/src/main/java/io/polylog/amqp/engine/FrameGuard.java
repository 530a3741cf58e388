package io.polylog.amqp.engine;

import io.polylog.amqp.link.AmqpLimits;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.ConnectionError;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.SessionError;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.jspecify.annotations.Nullable;

/**
 * Checks each performative against what the peer has begun and attached, before Proton sees it: Proton trusts its peer
 * with channels, handles and mandatory fields, and fails with a null pointer where that trust is misplaced.
 *
 * <p>Owned by the connection's event loop. After a fault the connection is closed and nothing more is checked.
 */
final class FrameGuard implements FrameBody.FrameBodyHandler<Integer> {
    /** Highest handle a peer may use: so many links per session, plus one. */
    static final int HANDLE_MAX = 4095;

    /** More credit than this is taken as this much: Proton counts in signed integers. */
    private static final UnsignedInteger MAX_CREDIT = UnsignedInteger.valueOf(1 << 30);

    private static final int MAX_DELIVERY_TAG_BYTES = 32;

    private final int channelMax;
    private final Map<Integer, RemoteSession> sessions = new HashMap<>();
    private boolean opened;
    /** Of the frame that is being checked. */
    private int bodyBytes;
    /** What all links' attaches had. */
    private int attachedBytes;

    private WireInput.@Nullable Fault fault;

    FrameGuard(int channelMax) {
        this.channelMax = channelMax;
    }

    /** What the peer has attached on one channel. */
    private static final class RemoteSession {
        final Map<UnsignedInteger, RemoteLink> links = new HashMap<>();
        final Set<String> names = new HashSet<>();
        /** Of the delivery that began last. */
        @Nullable
        UnsignedInteger lastDelivery;
    }

    private static final class RemoteLink {
        final String key;
        final boolean peerSends;
        final int attachBytes;
        /** Between the first and the last transfer of a delivery, its id. */
        @Nullable
        UnsignedInteger delivering;

        RemoteLink(String name, boolean peerSends, int attachBytes) {
            this.key = (peerSends ? "s" : "r") + name;
            this.peerSends = peerSends;
            this.attachBytes = attachBytes;
        }
    }

    boolean opened() {
        return opened;
    }

    /**
     * @return what is wrong with the frame, or null if Proton may have it
     */
    WireInput.@Nullable Fault check(WireInput.AmqpFrame frame) {
        if (!opened && !(frame.body() instanceof Open)) {
            return new WireInput.Fault(AmqpError.ILLEGAL_STATE, "the first frame must be an open");
        }
        bodyBytes = frame.bodyBytes();
        frame.body().invoke(this, frame.payload(), frame.channel());
        return fault;
    }

    @Override
    public void handleOpen(Open open, @Nullable Binary payload, Integer channel) {
        if (opened) {
            fail(AmqpError.ILLEGAL_STATE, "the connection is open already");
        }
        opened = true;
    }

    @Override
    public void handleBegin(Begin begin, @Nullable Binary payload, Integer channel) {
        if (channel > channelMax) {
            fail(ConnectionError.FRAMING_ERROR, "channel " + channel + " exceeds channel-max " + channelMax);
        } else if (begin.getRemoteChannel() != null) {
            fail(AmqpError.NOT_ALLOWED, "this peer begins no sessions that could be answered");
        } else if (sessions.putIfAbsent(channel, new RemoteSession()) != null) {
            fail(AmqpError.ILLEGAL_STATE, "channel " + channel + " has a session already");
        }
    }

    @Override
    public void handleAttach(Attach attach, @Nullable Binary payload, Integer channel) {
        RemoteSession session = session(channel);
        if (session == null) {
            return;
        }
        boolean peerSends = attach.getRole() == Role.SENDER;
        RemoteLink link = new RemoteLink(attach.getName(), peerSends, bodyBytes);
        attachedBytes += bodyBytes;
        if (attach.getHandle().longValue() > HANDLE_MAX) {
            fail(ConnectionError.FRAMING_ERROR, "handle " + attach.getHandle() + " exceeds " + HANDLE_MAX);
        } else if (peerSends && attach.getInitialDeliveryCount() == null) {
            fail(AmqpError.INVALID_FIELD, "a sender's attach has an initial-delivery-count");
        } else if (session.links.putIfAbsent(attach.getHandle(), link) != null) {
            fail(SessionError.HANDLE_IN_USE, "handle " + attach.getHandle() + " is in use");
        } else if (!session.names.add(link.key)) {
            fail(AmqpError.NOT_ALLOWED, "a link of that name is attached in this session already");
        } else if (attachedBytes > AmqpLimits.MAX_ATTACHED_BYTES) {
            fail(
                    AmqpError.RESOURCE_LIMIT_EXCEEDED,
                    "the attaches of a connection's links have at most " + AmqpLimits.MAX_ATTACHED_BYTES + " bytes");
        }
    }

    @Override
    public void handleFlow(Flow flow, @Nullable Binary payload, Integer channel) {
        RemoteSession session = session(channel);
        if (session == null || flow.getHandle() == null) {
            return;
        }
        RemoteLink link = link(session, flow.getHandle());
        if (link == null) {
            return;
        }
        if (link.peerSends) {
            if (flow.getDeliveryCount() == null) {
                fail(AmqpError.INVALID_FIELD, "a sender's flow has a delivery-count");
            }
        } else if (flow.getLinkCredit() == null) {
            fail(AmqpError.INVALID_FIELD, "a receiver's flow has a link-credit");
        } else if (flow.getLinkCredit().compareTo(MAX_CREDIT) > 0) {
            flow.setLinkCredit(MAX_CREDIT);
        }
    }

    @Override
    public void handleTransfer(Transfer transfer, @Nullable Binary payload, Integer channel) {
        RemoteSession session = session(channel);
        if (session == null) {
            return;
        }
        RemoteLink link = link(session, transfer.getHandle());
        if (link == null) {
            return;
        }
        if (!link.peerSends) {
            fail(AmqpError.NOT_ALLOWED, "a transfer on a link whose other end sends");
        } else if (transfer.getDeliveryTag() != null
                && transfer.getDeliveryTag().getLength() > MAX_DELIVERY_TAG_BYTES) {
            fail(AmqpError.INVALID_FIELD, "a delivery-tag has at most " + MAX_DELIVERY_TAG_BYTES + " bytes");
        } else if (link.delivering == null) {
            begin(session, link, transfer);
        } else if (transfer.getDeliveryId() != null && !transfer.getDeliveryId().equals(link.delivering)) {
            fail(AmqpError.NOT_ALLOWED, "a delivery begins before the one on that link is complete");
        }
        if (!transfer.getMore() || transfer.getAborted()) {
            link.delivering = null;
        }
    }

    private void begin(RemoteSession session, RemoteLink link, Transfer transfer) {
        UnsignedInteger id = transfer.getDeliveryId();
        if (id == null || transfer.getDeliveryTag() == null) {
            fail(AmqpError.INVALID_FIELD, "the first transfer of a delivery has its id and its tag");
        } else if (session.lastDelivery != null && id.intValue() != session.lastDelivery.intValue() + 1) {
            fail(AmqpError.INVALID_FIELD, "the ids of a session's deliveries follow each other"); // part 2, §2.7.5
        }
        link.delivering = id;
        session.lastDelivery = id;
    }

    @Override
    public void handleDisposition(Disposition disposition, @Nullable Binary payload, Integer channel) {
        if (session(channel) == null) {
            return;
        }
        UnsignedInteger first = disposition.getFirst();
        UnsignedInteger last = disposition.getLast() == null ? first : disposition.getLast();
        // Serial numbers, part 2, §2.8.10; Proton would end the connection too, but without a word to the peer.
        if (last.intValue() - first.intValue() < 0) {
            fail(AmqpError.NOT_ALLOWED, "a disposition from " + first + " to " + last);
        }
    }

    @Override
    public void handleDetach(Detach detach, @Nullable Binary payload, Integer channel) {
        RemoteSession session = session(channel);
        if (session == null) {
            return;
        }
        RemoteLink link = link(session, detach.getHandle());
        if (link != null) {
            session.links.remove(detach.getHandle());
            session.names.remove(link.key);
            attachedBytes -= link.attachBytes;
        }
    }

    @Override
    public void handleEnd(End end, @Nullable Binary payload, Integer channel) {
        RemoteSession session = session(channel);
        if (session != null) {
            sessions.remove(channel);
            session.links.values().forEach(link -> attachedBytes -= link.attachBytes);
        }
    }

    @Override
    public void handleClose(Close close, @Nullable Binary payload, Integer channel) {
        sessions.clear();
    }

    private @Nullable RemoteSession session(Integer channel) {
        RemoteSession session = sessions.get(channel);
        if (session == null) {
            fail(AmqpError.ILLEGAL_STATE, "channel " + channel + " has no session");
        }
        return session;
    }

    private @Nullable RemoteLink link(RemoteSession session, @Nullable UnsignedInteger handle) {
        RemoteLink link = handle == null ? null : session.links.get(handle);
        if (link == null) {
            fail(SessionError.UNATTACHED_HANDLE, "handle " + handle + " has no link");
        }
        return link;
    }

    private void fail(Symbol condition, String sentence) {
        if (fault == null) {
            fault = new WireInput.Fault(condition, sentence);
        }
    }
}
