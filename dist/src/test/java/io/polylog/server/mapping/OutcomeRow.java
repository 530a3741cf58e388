package io.polylog.server.mapping;

import io.polylog.server.mapping.OutcomeRow.Case.After;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.qpid.protonj2.client.Delivery;

/** The rows of the table of outcomes in {@code docs/mapping.md}, each with the cases that prove it. */
enum OutcomeRow {
    DONE("done", "`accepted`", List.of(new Case("accepted", Delivery::accept, After.GONE))),
    RELEASED(
            "given back unharmed",
            "`released`, or the link ends",
            List.of(
                    new Case("released", Delivery::release, After.AGAIN),
                    new Case("link ends", delivery -> delivery.receiver().close(), After.AGAIN_TO_ANOTHER))),
    FAILED(
            "given back, counted as a failure",
            "`modified(delivery-failed)`, or the connection breaks",
            List.of(new Case("failed", delivery -> delivery.modified(true, false), After.AGAIN_AFTER_FAILURE))),
    UNDELIVERABLE_HERE(
            "given back for others; refused if there are none",
            "`modified(undeliverable-here)`",
            List.of(new Case("undeliverable", delivery -> delivery.modified(false, true), After.DEAD))),
    REJECTED(
            "refused for good: a dead letter",
            "`rejected`",
            List.of(new Case("rejected", delivery -> delivery.reject("test:no", "not wanted"), After.DEAD)));

    /** The first line of the table. */
    static final String HEADING = "| Outcome | AMQP 1.0 |";

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
    private final String amqp;
    private final List<Case> cases;

    OutcomeRow(String outcome, String amqp, List<Case> cases) {
        this.outcome = outcome;
        this.amqp = amqp;
        this.cases = cases;
    }

    List<Case> cases() {
        return cases;
    }

    /** The table as it stands in the documentation, line by line. */
    static List<String> markdownTable() {
        return Stream.concat(
                        Stream.of(HEADING, "|---|---|"),
                        Arrays.stream(values()).map(row -> "| " + row.outcome + " | " + row.amqp + " |"))
                .toList();
    }
}
