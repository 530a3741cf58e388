package io.polylog.server.crash;

import io.polylog.server.crash.LedgerTally.Line;
import io.polylog.server.crash.LedgerTally.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A client that subscribes to the share in a session that lasts. Each connection is made by a new client, as after the end
 * of a process; of the one before it has what that kept on its disk, which is what QoS 2 needs.
 */
abstract class MqttMember extends LedgerMember {

    private static final int POLL_MS = 100;

    private final String filter;
    private final int qos;
    private final Semaphore lost = new Semaphore(0);

    /** One client, for one connection. */
    interface Client {
        /** Connects to the session and subscribes. */
        void begin(String filter, int qos) throws Exception;

        /** Ends without a word. */
        void abandon();
    }

    MqttMember(Target target, String name, String filter, int qos, LedgerTally tally, long seed) throws IOException {
        super(target, "mqtt", name, tally, seed);
        this.filter = filter;
        this.qos = qos;
    }

    /** Makes a client whose messages and whose end belong to that line. */
    abstract Client client(Line line) throws Exception;

    int qos() {
        return qos;
    }

    @Override
    void connect() {
        Line line = beginLine();
        lost.drainPermits();
        try {
            Client client = client(line);
            try {
                client.begin(filter, qos);
                while (!isStopped() && !tally().isOver(line)) {
                    lost.tryAcquire(POLL_MS, TimeUnit.MILLISECONDS);
                }
            } finally {
                tally().end(line);
                client.abandon();
            }
        } catch (InterruptedException stop) {
            leave();
        } catch (Exception gone) { // of whatever library it is
            tally().end(line);
        }
    }

    /** The connection of that line is gone. */
    void lost(Line line) {
        tally().end(line);
        lost.release();
    }

    /**
     * A message has come.
     *
     * @return what to do with it
     */
    Outcome judge(byte[] payload, boolean duplicate, Line line, boolean mayRefuse) {
        int number = Tally.numberOf(new String(payload, StandardCharsets.UTF_8));
        tally().receive(number, duplicate, line, name());
        Outcome outcome = mayRefuse && Fate.of(number) == Fate.UNFIT ? Outcome.REJECT : Outcome.ACCEPT;
        tally().settle(number, outcome, name());
        return outcome;
    }

    @Override
    void abort() {
        cut();
        lost.release();
    }

    @Override
    void vanish() {
        endLine();
        relay().cutClient();
        lost.release();
    }
}
