package io.polylog.server.differential;

/** A part of the script. Scenarios share the brokers, so each uses topics and groups of its own names. */
@FunctionalInterface
interface Scenario {

    void run(Play play) throws Exception;
}
