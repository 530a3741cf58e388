package io.polylog.mqtt.session;

import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.mqtt.session.OutboundWindow.Ending;
import io.polylog.mqtt.session.OutboundWindow.Entry;
import io.polylog.mqtt.session.OutboundWindow.Phase;
import io.polylog.mqtt.session.OutboundWindow.Settler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How deliveries of QoS 1 and 2 go on after their PUBLISH: by the client's PUBACK, PUBREC and PUBCOMP. Owned by the shard.
 */
final class Handshakes {

    private final Session session;
    private final Shard shard;
    /** QoS 2 deliveries of share groups whose end is not durable yet. */
    private final Map<Entry, Due> due = new LinkedHashMap<>(0);

    /** A share group that is to hear how a delivery has ended, once the session is durable. */
    record Due(Settler settler, Ending ending) {}

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
            refuse(entry);
            return;
        }
        boolean isNew = entry.phase() == Phase.PUBLISHED;
        session.window().released(entry);
        Settler settler = entry.settler();
        if (settler != null) {
            accept(entry, settler);
        } else if (!due.containsKey(entry)) {
            sendRelease(entry, isNew);
        }
    }

    /** The session forgets it before its share group makes it a dead letter: it must not give that to its client again. */
    private void refuse(Entry entry) {
        release(entry);
        Settler settler = entry.settler();
        if (settler != null) {
            settle(entry, new Due(settler, Ending.REFUSED), () -> {});
        }
    }

    /**
     * First the session has to know durably that the client waits for PUBREL, then the share group that the record is accepted.
     * After a crash in between the record is the session's: what it keeps, its group accepts at the start.
     */
    private void accept(Entry entry, Settler settler) {
        entry.adopt();
        settle(entry, new Due(settler, Ending.ACCEPTED), () -> {
            if (isUnderWay(entry)) { // whatever became of it, the handshake goes to its end
                writeRelease(entry.packetId(), ReasonCode.SUCCESS);
                session.flush();
            }
        });
    }

    private void settle(Entry entry, Due ending, Runnable settled) {
        due.put(entry, ending);
        onceKept(
                entry,
                () -> ending.settler()
                        .settled(ending.ending())
                        .whenComplete((done, failure) -> shard.execute(() -> {
                            due.remove(entry);
                            settled.run();
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
    Map<Entry, Due> adopt() {
        Map<Entry, Due> adopted = new LinkedHashMap<>(due);
        due.clear();
        for (Entry entry : session.window().inOrder()) {
            Settler settler = entry.settler();
            if (settler != null && entry.qos() == 2) {
                adopted.put(entry, new Due(settler, Ending.ACCEPTED));
                entry.adopt();
            }
        }
        return adopted;
    }

    /** The delivery is over, and its packet identifier free. */
    void release(Entry entry) {
        session.window().release(entry.packetId());
        if (entry.isKept()) {
            session.journal().ifPresent(journal -> journal.delivery(entry.packetId()));
        }
        session.resume();
    }
}
