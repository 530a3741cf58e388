package io.polylog.amqp.link;

import io.polylog.metric.Flows;
import io.polylog.metric.Meters;
import io.polylog.metric.TopicMeters;

/** Counters of this door; any thread. */
final class LinkMeters {
    final Meters.Counter messagesIn;
    final Meters.Counter messagesOut;
    /** Presettled messages that were refused: their sender has no way to know. */
    final Meters.Counter refusedUnseen;

    final Meters.Counter protocolErrors;
    final Flows flows;

    private final Meters meters;

    LinkMeters(Meters meters, TopicMeters topicMeters) {
        this.meters = meters;
        this.flows = topicMeters.flows("amqp");
        this.protocolErrors = meters.counter("polylog_protocol_errors_total", "protocol", "amqp");
        this.messagesIn = meters.counter("polylog_messages_in_total", "protocol", "amqp");
        this.messagesOut = meters.counter("polylog_messages_out_total", "protocol", "amqp");
        this.refusedUnseen = meters.counter("polylog_amqp_presettled_refused_total");
    }

    void dropped(String field) {
        meters.counter("polylog_mapping_dropped_total", "from", "amqp", "to", "log", "field", field)
                .add(1);
    }
}
