package io.polylog.server.badinput;

/** A stock client that works on one connection all the time and must not notice what others do. One thread. */
interface Neighbour extends AutoCloseable {

    /**
     * Sends a message and receives it again, on the connection that it has had from the start.
     *
     * @throws Exception or an {@link AssertionError} if that does not work
     */
    void roundTrip(String text) throws Exception;
}
