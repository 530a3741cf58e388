package io.polylog.mqtt.session;

import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.mqtt.session.OutboundWindow.Ending;
import io.polylog.mqtt.session.OutboundWindow.Entry;
import io.polylog.mqtt.session.OutboundWindow.Phase;
import io.polylog.mqtt.session.OutboundWindow.Settler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How deliveries of QoS 1 and 2 go on after their PUBLISH: by the client's PUBACK, PUBREC and PUBCOMP. Owned by the shard.
 */
final class Handshakes {

    private final Session session;
    private final Shard shard;
    /** Shared QoS 2 deliveries that the client has received and whose acceptance is not durable yet. */
    private final Map<Entry, Settler> accepting = new LinkedHashMap<>(0);

    Handshakes(Session session, Shard shard) {
        this.session = session;
        this.shard = shard;
    }

    /** A PUBACK has come, with whatever reason: it settles the delivery (MQTT 5 §4.3.2). */
    void acknowledged(int packetId, boolean accepted) {
        Entry entry = session.window().entry(packetId);
        if (entry != null && entry.qos() == 1) {
            settle(entry, accepted);
        }
    }

    /** A PUBREC has come; its PUBREL leaves once that is durable (MQTT 5 §4.3.3). */
    void received(int packetId, boolean accepted) {
        Entry entry = session.window().entry(packetId);
        if (entry == null || entry.qos() != 2) {
            if (accepted) {
                writeRelease(packetId, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
            }
            return;
        }
        if (!accepted) {
            settle(entry, false);
            return;
        }
        boolean isNew = entry.phase() == Phase.PUBLISHED;
        session.window().released(entry);
        Settler settler = entry.settler();
        if (settler != null) {
            accept(entry, settler);
        } else if (!accepting.containsKey(entry)) {
            sendRelease(entry, isNew);
        }
    }

    /**
     * First the session has to know durably that the client waits for PUBREL, then the share group that the record is accepted:
     * after a crash in between somebody else gets it too, where the other way round the client would wait for ever.
     */
    private void accept(Entry entry, Settler settler) {
        entry.adopt();
        accepting.put(entry, settler);
        onceKept(
                entry,
                () -> settler.settled(Ending.ACCEPTED)
                        .whenComplete((done, failure) -> shard.execute(() -> {
                            accepting.remove(entry); // whatever became of it, the handshake goes to its end
                            if (isUnderWay(entry)) {
                                writeRelease(entry.packetId(), ReasonCode.SUCCESS);
                                session.flush();
                            }
                        })));
    }

    /** Runs once what has changed of the delivery is durable; at once if nothing of the session is kept. */
    private void onceKept(Entry entry, Runnable then) {
        Optional<SessionJournal> journal = session.journal();
        if (journal.isPresent()) {
            journal.get().delivery(entry.packetId());
            journal.get().sync(then);
        } else {
            then.run();
        }
    }

    private boolean isUnderWay(Entry entry) {
        return !session.isClosed() && session.window().entry(entry.packetId()) == entry;
    }

    private void sendRelease(Entry entry, boolean isNew) {
        if (!isUnderWay(entry)) {
            return;
        }
        SessionJournal journal = session.journal().orElse(null);
        if (journal == null) {
            writeRelease(entry.packetId(), ReasonCode.SUCCESS);
            return;
        }
        if (isNew) {
            journal.delivery(entry.packetId());
        }
        journal.sync(() -> {
            if (!session.isClosed()) {
                writeRelease(entry.packetId(), ReasonCode.SUCCESS);
                session.flush();
            }
        });
    }

    private void writeRelease(int packetId, ReasonCode reason) {
        session.link().write(Replies.pubRel(session.mqtt5(), packetId, reason));
    }

    /** A PUBCOMP has come, with whatever reason. */
    void completed(int packetId) {
        Entry entry = session.window().entry(packetId);
        if (entry != null && entry.qos() == 2 && entry.phase() == Phase.RELEASED) {
            release(entry);
        }
    }

    private void settle(Entry entry, boolean accepted) {
        release(entry);
        Settler settler = entry.settler();
        if (settler != null) {
            settler.settled(accepted ? Ending.ACCEPTED : Ending.REFUSED);
        }
    }

    /**
     * Takes over the QoS 2 deliveries that others have to hear of: once the session is durable without its connection, nobody
     * else may get them (MQTT-4.8.2-5).
     *
     * @return who is to hear then
     */
    List<Settler> adopt() {
        List<Settler> settlers = new ArrayList<>(accepting.values());
        accepting.clear();
        for (Entry entry : session.window().inOrder()) {
            Settler settler = entry.settler();
            if (settler != null && entry.qos() == 2) {
                settlers.add(settler);
                entry.adopt();
                session.journal().ifPresent(journal -> journal.delivery(entry.packetId()));
            }
        }
        return settlers;
    }

    /** The delivery is over, and its packet identifier free. */
    void release(Entry entry) {
        session.window().release(entry.packetId());
        if (entry.settler() == null) {
            session.journal().ifPresent(journal -> journal.delivery(entry.packetId()));
        }
        session.resume();
    }
}
