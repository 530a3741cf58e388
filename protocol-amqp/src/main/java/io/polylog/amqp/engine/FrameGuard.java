package io.polylog.amqp.engine;

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

    /** Proton looks at every id of a disposition: far more than a link may have unsettled, and quickly looked at. */
    private static final long MAX_DISPOSITION_IDS = 1 << 16;

    /** Proton counts from the first id past the last one, which from here it could never get beyond. */
    private static final UnsignedInteger LAST_ID = UnsignedInteger.MAX_VALUE;

    private final int channelMax;
    private final Map<Integer, RemoteSession> sessions = new HashMap<>();
    private boolean opened;
    private WireInput.@Nullable Fault fault;

    FrameGuard(int channelMax) {
        this.channelMax = channelMax;
    }

    /** What the peer has attached on one channel. */
    private static final class RemoteSession {
        final Map<UnsignedInteger, RemoteLink> links = new HashMap<>();
        final Set<String> names = new HashSet<>();
    }

    private static final class RemoteLink {
        final String key;
        final boolean peerSends;
        /** Between the first and the last transfer of a delivery. */
        boolean delivering;

        RemoteLink(String name, boolean peerSends) {
            this.key = (peerSends ? "s" : "r") + name;
            this.peerSends = peerSends;
        }
    }

    boolean opened() {
        return opened;
    }

    /**
     * @return what is wrong with the frame, or null if Proton may have it
     */
    WireInput.@Nullable Fault check(int channel, FrameBody body, @Nullable Binary payload) {
        if (!opened && !(body instanceof Open)) {
            return new WireInput.Fault(AmqpError.ILLEGAL_STATE, "the first frame must be an open");
        }
        body.invoke(this, payload, channel);
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
        RemoteLink link = new RemoteLink(attach.getName(), peerSends);
        if (attach.getHandle().longValue() > HANDLE_MAX) {
            fail(ConnectionError.FRAMING_ERROR, "handle " + attach.getHandle() + " exceeds " + HANDLE_MAX);
        } else if (peerSends && attach.getInitialDeliveryCount() == null) {
            fail(AmqpError.INVALID_FIELD, "a sender's attach has an initial-delivery-count");
        } else if (session.links.putIfAbsent(attach.getHandle(), link) != null) {
            fail(SessionError.HANDLE_IN_USE, "handle " + attach.getHandle() + " is in use");
        } else if (!session.names.add(link.key)) {
            fail(AmqpError.NOT_ALLOWED, "a link of that name is attached in this session already");
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
        } else if (!link.delivering && (transfer.getDeliveryId() == null || transfer.getDeliveryTag() == null)) {
            fail(AmqpError.INVALID_FIELD, "the first transfer of a delivery has its id and its tag");
        } else {
            link.delivering = transfer.getMore() && !transfer.getAborted();
        }
    }

    @Override
    public void handleDisposition(Disposition disposition, @Nullable Binary payload, Integer channel) {
        if (session(channel) == null) {
            return;
        }
        UnsignedInteger first = disposition.getFirst();
        UnsignedInteger last = disposition.getLast() == null ? first : disposition.getLast();
        if (last.longValue() - first.longValue() >= MAX_DISPOSITION_IDS || last.equals(LAST_ID)) {
            fail(AmqpError.NOT_ALLOWED, "a disposition of more than " + MAX_DISPOSITION_IDS + " deliveries");
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
        }
    }

    @Override
    public void handleEnd(End end, @Nullable Binary payload, Integer channel) {
        if (session(channel) != null) {
            sessions.remove(channel);
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
