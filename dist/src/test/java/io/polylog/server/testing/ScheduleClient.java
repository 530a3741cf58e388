package io.polylog.server.testing;

/** A client that publishes for later, and waits until it is told that this has been done. One thread. */
interface ScheduleClient extends Canceller {

    /**
     * @param delay such as {@code 15m}
     * @param id ignored by clients that cannot say one
     */
    void schedule(String topic, String text, String delay, String id) throws Exception;
}
