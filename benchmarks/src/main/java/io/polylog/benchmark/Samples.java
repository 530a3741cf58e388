package io.polylog.benchmark;

import io.polylog.record.Header;
import io.polylog.record.Headers;
import java.util.List;

/** Headers as applications send them. */
final class Samples {

    private static final List<Header> HEADERS = List.of(
            Header.text("content-type", "application/json"),
            Header.text("correlation-id", "order-4711"),
            Header.text("reply-to", "answers"),
            Header.text("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            Header.text("tenant", "north"),
            Header.text("region", "eu-central-1"),
            Header.text("attempt", "1"),
            Header.text("source", "checkout"));

    private Samples() {}

    /**
     * @param count from 0 to 8; the first three are those that every protocol but MQTT 3 has a field for
     */
    static Headers headers(int count) {
        Headers.Builder builder = Headers.builder();
        HEADERS.subList(0, count).forEach(builder::add);
        return builder.build();
    }
}
