package io.polylog.mqtt.session;

import io.polylog.mqtt.codec.OutboundPublish.Form;
import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.mqtt.session.OutboundWindow.Entry;
import io.polylog.mqtt.session.OutboundWindow.Phase;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends again, in their order and under their packet identifiers, the deliveries that a session's earlier connection left
 * unsettled: PUBLISH with DUP, or PUBREL where PUBREC had come. Each is read from the log; one that the log holds no more is
 * given up. Goes on as the client's window and connection allow. Owned by the session's shard.
 */
final class Redelivery {

    private final Shard shard;
    private final Session session;
    private final List<Entry> entries;
    private int next;
    private boolean reading;
    private @Nullable TopicPartition batchOf;
    private List<StoredRecord> batch = List.of();

    Redelivery(Shard shard, Session session, List<Entry> entries) {
        this.shard = shard;
        this.session = session;
        this.entries = entries;
    }

    /** Goes on as far as it can. */
    void run() {
        while (!reading && next < entries.size() && !session.isClosed()) {
            Entry entry = entries.get(next);
            if (session.window().entry(entry.packetId()) != entry) {
                next++; // settled meanwhile
                continue;
            }
            if (!session.link().isWritable()) {
                break;
            }
            if (entry.phase() == Phase.RELEASED) {
                session.link().write(Replies.pubRel(session.mqtt5(), entry.packetId(), ReasonCode.SUCCESS));
                next++;
                continue;
            }
            if (session.window().isFull()) {
                break;
            }
            Optional<StoredRecord> record = inBatch(entry);
            if (record.isPresent()) {
                next++;
                send(entry, record.get());
            } else {
                read(entry);
            }
        }
        session.flush();
        if (next == entries.size() && !session.isClosed()) {
            next++; // once only
            session.redelivered();
        }
    }

    private Optional<StoredRecord> inBatch(Entry entry) {
        if (!entry.partition().equals(batchOf)) {
            return Optional.empty();
        }
        return batch.stream()
                .filter(stored -> stored.offset() == entry.offset())
                .findFirst();
    }

    private void read(Entry entry) {
        reading = true;
        shard.read(entry.partition(), entry.offset(), records -> {
            reading = false;
            batchOf = entry.partition();
            batch = records;
            if (inBatch(entry).isEmpty()) {
                next++;
                session.handshakes().release(entry); // retention was faster, or its topic is gone
            }
            run();
        });
    }

    private void send(Entry entry, StoredRecord stored) {
        Optional<Delivery> mapped = shard.deliveryOf(entry.partition(), stored);
        if (mapped.isEmpty()) {
            session.handshakes().release(entry); // expired
            return;
        }
        try (Delivery delivery = mapped.get()) {
            int[] identifiers = {};
            boolean position = false;
            for (Subscription subscription : shard.matching(session, delivery.topic())) {
                identifiers = Session.with(identifiers, subscription.options().identifier());
                position |= subscription.options().position();
            }
            Form form = new Form(session.mqtt5(), entry.qos(), entry.retain(), true, identifiers);
            if (!session.link().accepts(delivery.packet(position).sizeInBytes(form))) {
                session.handshakes().release(entry);
                return;
            }
            session.window().begin(entry);
            session.link().send(delivery.packet(position), form, entry.packetId(), entry.partition());
        }
    }
}
