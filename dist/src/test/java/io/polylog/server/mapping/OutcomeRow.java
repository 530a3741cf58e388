package io.polylog.server.mapping;

import io.polylog.server.mapping.OutcomeRow.Case.After;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.qpid.protonj2.client.Delivery;

/**
 * The rows of the table of outcomes in {@code docs/mapping.md}, each with the cases that prove it for AMQP; {@link
 * MqttOutcomeTest} has those of MQTT, {@link KafkaOutcomeTest} those of Kafka's share groups, and of QoS 2 the door's own tests.
 */
enum OutcomeRow {
    DONE(
            "done",
            "`ACCEPT`",
            "`accepted`",
            "PUBACK or PUBREC with success",
            List.of(new Case("accepted", Delivery::accept, After.GONE))),
    RELEASED(
            "given back unharmed",
            "`RELEASE`, the lock runs out without `RENEW`, or the consumer goes; a dead letter after 5 deliveries",
            "`released`, or the link ends",
            "the connection ends; a QoS 2 message waits for its session, and ends with it",
            List.of(
                    new Case("released", Delivery::release, After.AGAIN),
                    new Case("link ends", delivery -> delivery.receiver().close(), After.AGAIN_TO_ANOTHER))),
    FAILED(
            "given back, counted as a failure",
            "",
            "`modified(delivery-failed)`, or the connection breaks",
            "",
            List.of(new Case("failed", delivery -> delivery.modified(true, false), After.AGAIN_AFTER_FAILURE))),
    UNDELIVERABLE_HERE(
            "given back for others; refused if there are none",
            "",
            "`modified(undeliverable-here)`",
            "",
            List.of(new Case("undeliverable", delivery -> delivery.modified(false, true), After.DEAD))),
    REJECTED(
            "refused for good: a dead letter",
            "`REJECT`",
            "`rejected`",
            "PUBACK or PUBREC with a reason code from 0x80",
            List.of(new Case("rejected", delivery -> delivery.reject("test:no", "not wanted"), After.DEAD))),
    SEEN_BEFORE(
            "seen before",
            "delivery count",
            "`delivery-count` for failures, `x-acquired-count`, `first-acquirer` false",
            "DUP",
            List.of(new Case("seen", Delivery::release, After.AGAIN)));

    /** The first line of the table. */
    static final String HEADING = "| Outcome | Kafka share | AMQP 1.0 | MQTT |";

    /** What the only receiver does with a message, and what then becomes of it. */
    record Case(String name, Settling settling, After after) {

        /** Settles a delivery, or ends its link. */
        @FunctionalInterface
        interface Settling {
            void settle(Delivery delivery) throws Exception;
        }

        enum After {
            GONE,
            AGAIN,
            AGAIN_AFTER_FAILURE,
            AGAIN_TO_ANOTHER,
            DEAD
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private final String outcome;
    private final String kafka;
    private final String amqp;
    private final String mqtt;
    private final List<Case> cases;

    OutcomeRow(String outcome, String kafka, String amqp, String mqtt, List<Case> cases) {
        this.outcome = outcome;
        this.kafka = kafka;
        this.amqp = amqp;
        this.mqtt = mqtt;
        this.cases = cases;
    }

    List<Case> cases() {
        return cases;
    }

    /** The table as it stands in the documentation, line by line. */
    static List<String> markdownTable() {
        return Stream.concat(
                        Stream.of(HEADING, "|---|---|---|---|"),
                        Arrays.stream(values())
                                .map(row -> "| " + row.outcome + " | " + row.kafka + " | " + row.amqp + " | " + row.mqtt
                                        + " |"))
                .toList();
    }
}
