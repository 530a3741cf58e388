package io.polylog.server.powercut;

import io.polylog.testkit.TestGateway;

/**
 * Work on a gateway in a few parts, between which the gateway is stopped and started. Its author notes in the model what
 * is asked for before it is, and what is acknowledged at once.
 */
interface Program {

    /** How many parts there are. */
    int parts();

    /** Does one part and waits for every answer. Ends early, with any exception, if the power fails. */
    void run(int part, TestGateway gateway) throws Exception;

    /** After the crash and the recovery: goes on with what was cut short, as a client would, and waits for the answers. */
    void resume(TestGateway gateway) throws Exception;
}
