package io.polylog.server.crash;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.BitSet;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A client subscribed in a session that outlives its connections: it is given everything that was published since it
 * subscribed; with QoS 2 exactly once, in order.
 */
final class MqttReceiver implements Workload {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Target target;
    private final String name;
    private final String filter;
    private final int qos;
    private final Tally sender;
    private final Findings findings;
    private final BitSet received = new BitSet();
    private final MqttSession.Factory factory;
    private MqttSession session;
    private Thread thread;
    private volatile boolean stopped;

    /**
     * @param sender who alone publishes what the filter matches, and who begins after this has been started
     */
    MqttReceiver(
            Target target,
            String name,
            String filter,
            int qos,
            Tally sender,
            Findings findings,
            MqttSession.Factory factory) {
        this.factory = factory;
        this.target = target;
        this.name = name;
        this.filter = filter;
        this.qos = qos;
        this.sender = sender;
        this.findings = findings;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start() throws Exception {
        session = factory.create(target, name, findings, this::receive);
        session.connect();
        session.subscribe(filter, qos);
        thread = new Thread(this::run, name);
        thread.start();
    }

    private void receive(byte[] payload) {
        int number = Tally.numberOf(new String(payload, StandardCharsets.UTF_8));
        synchronized (received) {
            if (qos == 2 && received.get(number)) {
                findings.add(name + " was given " + number + " twice with QoS 2");
            }
            received.set(number);
        }
    }

    /** Connects again whenever the connection is lost. */
    private void run() {
        try {
            while (!stopped && target.awaitUp()) {
                try {
                    if (!session.isConnected()) {
                        session.connect();
                    }
                } catch (InterruptedException stop) {
                    throw stop;
                } catch (Exception gone) { // of whatever library it is
                    // again
                }
                session.awaitLost();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public long progress() {
        synchronized (received) {
            return received.cardinality();
        }
    }

    @Override
    public void finishReceiving() {
        BitSet acknowledged = sender.acknowledged();
        try {
            Awaitility.await(name)
                    .atMost(PATIENCE)
                    .until(() -> missing(acknowledged).isEmpty());
        } catch (ConditionTimeoutException late) {
            findings.addIfAny(missing(acknowledged), "acknowledged to " + sender.name() + ", not received by " + name);
        }
    }

    private BitSet missing(BitSet acknowledged) {
        synchronized (received) {
            return Tally.missing(acknowledged, received);
        }
    }

    @Override
    public void stop() {
        stopped = true;
        if (thread != null) {
            thread.interrupt();
            session.abandon();
        }
    }
}
