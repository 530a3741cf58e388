package io.polylog.http;

import io.polylog.metric.Meters;

/** What the door counts: requests, and those of them that were malformed or too long. */
record HttpMeters(Meters.Counter requests, Meters.Counter errors) {

    static HttpMeters of(Meters meters) {
        return new HttpMeters(
                meters.counter("polylog_requests_total", "protocol", "http"),
                meters.counter("polylog_protocol_errors_total", "protocol", "http"));
    }
}
