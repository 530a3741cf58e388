package io.polylog.server.testing;

/** A client that takes back what waits for its time. One thread. */
interface Canceller extends AutoCloseable {

    /**
     * @throws Exception unless it is told that this has been done
     */
    void cancel(String topic, String id) throws Exception;
}
