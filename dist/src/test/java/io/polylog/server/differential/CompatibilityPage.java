package io.polylog.server.differential;

import java.util.stream.Collectors;
import org.apache.kafka.common.protocol.ApiKeys;

/** {@code docs/kafka-compatibility.md} as it follows from {@link AcceptedDifferences}. */
final class CompatibilityPage {

    private static final String HEAD = """
            # How Polylog differs from Apache Kafka

            The same requests, in every version of every API that the gateway offers, are sent to Apache Kafka 4.4.0 and to the gateway,
            and the answers are compared field by field; `KafkaDifferentialIT` does it. What differs is in this table, and
            nothing else does. Addresses, ids that a broker draws, timestamps that it gives, throttle times and the wording of texts
            are compared only as to whether they are there. [Kafka](kafka.md) says what is served.

            | API | Kafka | Polylog | Why |
            |---|---|---|---|
            """;

    private CompatibilityPage() {}

    static String text() {
        return HEAD
                + AcceptedDifferences.ALL.stream().map(CompatibilityPage::row).collect(Collectors.joining());
    }

    private static String row(Accepted accepted) {
        String apis = accepted.apis().stream().map((ApiKeys api) -> api.name).collect(Collectors.joining(", "));
        return "| " + apis + " | " + accepted.kafka() + " | " + accepted.polylog() + " | " + accepted.reason() + " |\n";
    }
}
