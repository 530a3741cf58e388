package io.polylog.server.crash;

/**
 * Clients of one kind, at work on the gateway while it is killed and started again. They come back by themselves. Called
 * from the thread of the run only.
 */
interface Workload {

    String name();

    /** Begins; the gateway is up and the topics are there. */
    void start() throws Exception;

    /** How much was confirmed to it so far; grows as long as it gets on. */
    long progress();

    /** Compares what it knows with what the gateway says, while both are at work. */
    default void check() throws Exception {}

    /** Sends nothing new and waits until what is under way has been answered. The gateway is up. */
    default void finishSending() throws Exception {}

    /** Waits until everything acknowledged has been received. All senders have finished. */
    default void finishReceiving() throws Exception {}

    /** Ends its threads and connections, whatever happened before. */
    void stop();
}
