package io.polylog.server.testing;

/** A client that receives. One thread. */
interface Receiver extends AutoCloseable {

    /**
     * The text of the next message, which is acknowledged.
     *
     * @throws AssertionError if none comes within {@value #PATIENCE_MS} milliseconds
     */
    String next() throws Exception;

    long PATIENCE_MS = 20_000;

    /**
     * @throws AssertionError if the gateway has sent it away since it connected
     */
    void assertStayed();
}
