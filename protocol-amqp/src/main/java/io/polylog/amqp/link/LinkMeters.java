package io.polylog.amqp.link;

import io.polylog.metric.Meters;

/** Counters of this door; any thread. */
final class LinkMeters {
    final Meters.Counter messagesIn;
    final Meters.Counter messagesOut;
    /** Presettled messages that were refused: their sender has no way to know. */
    final Meters.Counter refusedUnseen;

    private final Meters meters;

    LinkMeters(Meters meters) {
        this.meters = meters;
        this.messagesIn = meters.counter("polylog_messages_in_total", "protocol", "amqp");
        this.messagesOut = meters.counter("polylog_messages_out_total", "protocol", "amqp");
        this.refusedUnseen = meters.counter("polylog_amqp_presettled_refused_total");
    }

    void dropped(String field) {
        meters.counter("polylog_mapping_dropped_total", "from", "amqp", "to", "log", "field", field)
                .add(1);
    }
}
