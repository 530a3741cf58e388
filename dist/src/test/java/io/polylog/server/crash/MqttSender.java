package io.polylog.server.crash;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.common.MqttException;

/**
 * Eclipse Paho publishing in a session that outlives its connections, with a window of messages under way. What was not
 * acknowledged when the gateway died is taken up again by the client when it connects.
 */
final class MqttSender implements Workload {

    private static final int MAX_IN_FLIGHT = 20;
    private static final int POLL_MS = 100;

    private final Target target;
    private final String topic;
    private final int qos;
    private final Tally tally;
    private final Findings findings;
    private final Map<Integer, Integer> inFlight = new HashMap<>();
    private Mqtt5Session connection;
    private Thread thread;
    private volatile boolean stopped;

    MqttSender(Target target, String topic, int qos, Tally tally, Findings findings) {
        this.target = target;
        this.topic = topic;
        this.qos = qos;
        this.tally = tally;
        this.findings = findings;
    }

    @Override
    public String name() {
        return tally.name();
    }

    @Override
    public void start() throws MqttException {
        connection = new Mqtt5Session(target, "publisher-" + name(), findings, payload -> {}, this::acknowledge);
        thread = new Thread(this::run, "publisher-" + name());
        thread.start();
    }

    private void run() {
        try {
            while (target.awaitUp() && !isDone()) {
                try {
                    publish();
                } catch (MqttException gone) {
                    // The session keeps what was under way; the next connection goes on with it.
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void publish() throws MqttException, InterruptedException {
        if (!connection.isConnected()) {
            connection.connect();
        }
        while (connection.isConnected() && !isDone()) {
            synchronized (inFlight) {
                if (!stopped && inFlight.size() < MAX_IN_FLIGHT) {
                    int number = tally.next();
                    byte[] payload = tally.text(number).getBytes(StandardCharsets.UTF_8);
                    IMqttToken sent = connection.client().publish(topic, payload, qos, false);
                    inFlight.put(sent.getMessageId(), number);
                } else {
                    inFlight.wait(POLL_MS);
                }
            }
        }
    }

    private boolean isDone() {
        synchronized (inFlight) {
            return stopped && inFlight.isEmpty();
        }
    }

    private void acknowledge(int packetId) {
        synchronized (inFlight) {
            Integer number = inFlight.remove(packetId);
            if (number != null) {
                tally.acknowledge(number);
            }
            inFlight.notifyAll();
        }
    }

    @Override
    public long progress() {
        return tally.acknowledgedCount();
    }

    @Override
    public void finishSending() throws InterruptedException {
        stopped = true;
        thread.join(TimeUnit.SECONDS.toMillis(60));
        if (thread.isAlive()) {
            findings.add(name() + " has publishes without an answer: " + inFlight.values());
        }
    }

    @Override
    public void stop() {
        stopped = true;
        if (thread != null) {
            thread.interrupt();
            connection.abandon();
        }
    }
}
