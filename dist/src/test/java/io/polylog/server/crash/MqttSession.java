package io.polylog.server.crash;

import java.util.function.Consumer;

/**
 * A client whose session outlives its connections: it is connected again after each crash, by the workload's thread, and
 * goes on with what was under way. A session that the gateway has forgotten is a finding.
 */
interface MqttSession {

    int PATIENCE_MS = 20_000;

    /** How long {@link #awaitLost} waits at most. */
    int POLL_MS = 200;

    /** Makes one that is not connected yet. */
    interface Factory {
        MqttSession create(Target target, String clientId, Findings findings, Consumer<byte[]> payloads)
                throws Exception;
    }

    boolean isConnected();

    /** Connects to the session there is, or begins it. */
    void connect() throws Exception;

    void subscribe(String filter, int qos) throws Exception;

    /** Waits until the connection is lost, or a little while. */
    void awaitLost() throws InterruptedException;

    /** Ends without a word, as when a process is killed: the session stays. */
    void abandon();
}
