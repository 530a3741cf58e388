package io.polylog.server.client;

/** One thing to ask of a running gateway. */
@FunctionalInterface
public interface ClientCommand {

    /**
     * Asks it, and writes what the answer is.
     *
     * @throws ClientException if the gateway refuses, or is not there
     */
    void run(KafkaDoor gateway, Output output) throws ClientException, InterruptedException;
}
