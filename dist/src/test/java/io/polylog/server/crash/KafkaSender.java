package io.polylog.server.crash;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** One Kafka producer that lives through all rounds, so that its retries are what crosses the crashes. */
final class KafkaSender implements Workload {

    /** Records without an answer, and so how many are on their way when the gateway dies. */
    private static final int MAX_IN_FLIGHT = 100;

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final String topic;
    private final int partitions;
    private final Tally tally;
    private final Findings findings;
    private final Map<String, Object> settings = new HashMap<>();
    private final Semaphore room = new Semaphore(MAX_IN_FLIGHT);
    private KafkaProducer<String, String> producer;
    private Thread thread;
    private volatile boolean stopped;

    KafkaSender(Target target, String topic, int partitions, Tally tally, Findings findings, Map<String, Object> more) {
        this.topic = topic;
        this.partitions = partitions;
        this.tally = tally;
        this.findings = findings;
        settings.put("bootstrap.servers", target.endpoint("kafka").toString());
        settings.put("acks", "all");
        // Never given up: each send must end well, however often the gateway dies meanwhile.
        settings.put("delivery.timeout.ms", 600_000);
        settings.put("max.block.ms", 600_000);
        settings.put("request.timeout.ms", 10_000);
        settings.put("reconnect.backoff.max.ms", 200);
        settings.putAll(more);
    }

    @Override
    public String name() {
        return tally.name();
    }

    @Override
    public void start() {
        producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        thread = new Thread(this::send, "sender-" + name());
        thread.start();
    }

    private void send() {
        try {
            while (!stopped) {
                room.acquire();
                int number = tally.next();
                producer.send(
                        new ProducerRecord<>(topic, number % partitions, null, tally.text(number)),
                        (metadata, failure) -> {
                            room.release();
                            if (failure == null) {
                                tally.acknowledge(number);
                            } else if (!stopped) {
                                findings.add(tally.name() + " " + number + " was not taken: " + failure);
                            }
                        });
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public long progress() {
        return tally.acknowledgedCount();
    }

    @Override
    public void finishSending() throws InterruptedException {
        stopped = true;
        if (!room.tryAcquire(MAX_IN_FLIGHT, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            findings.add(tally.name() + " has sends without an answer after " + PATIENCE);
        }
    }

    @Override
    public void stop() {
        stopped = true;
        if (thread != null) {
            thread.interrupt();
            producer.close(Duration.ZERO);
        }
    }
}
