package io.polylog.kafka;

import io.polylog.metric.Meters;

/** What the Kafka door counts; any thread. */
final class KafkaMeters {

    final Meters.Counter requests;
    final Meters.Counter protocolErrors;
    final Meters.Counter throttledConnections;

    KafkaMeters(Meters meters) {
        this.requests = meters.counter("polylog_requests_total", "protocol", "kafka");
        this.protocolErrors = meters.counter("polylog_protocol_errors_total", "protocol", "kafka");
        this.throttledConnections = meters.counter("polylog_connections_throttled_total", "protocol", "kafka");
    }
}
