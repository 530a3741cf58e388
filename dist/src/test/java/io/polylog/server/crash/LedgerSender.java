package io.polylog.server.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** An idempotent Kafka producer of as many messages as are wanted, not too far ahead of the members. One thread of its own. */
final class LedgerSender {

    /** Messages sent that are not done yet. */
    private static final int MAX_AHEAD = 3_000;

    private static final long POLL_MS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Target target;
    private final String topic;
    private final int messages;
    private final LedgerTally tally;
    private final Findings findings;
    private final Tally texts;
    private KafkaProducer<String, String> producer;
    private Thread thread;

    LedgerSender(Target target, String topic, int messages, LedgerTally tally, Findings findings) {
        this.target = target;
        this.topic = topic;
        this.messages = messages;
        this.tally = tally;
        this.findings = findings;
        this.texts = new Tally(topic, Tally.Promise.EXACTLY_ONCE_IN_ORDER);
    }

    void start() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", target.endpoint("kafka").toString());
        settings.put("acks", "all");
        // Never given up: each send must end well, however often the gateway dies meanwhile.
        settings.put("delivery.timeout.ms", 600_000);
        settings.put("max.block.ms", 600_000);
        settings.put("request.timeout.ms", 10_000);
        settings.put("reconnect.backoff.max.ms", 200);
        producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        thread = new Thread(this::send, "sender");
        thread.start();
    }

    private void send() {
        try {
            for (int number = 0; number < messages; number++) {
                tally.awaitDone(number - MAX_AHEAD, POLL_MS);
                int sent = number;
                producer.send(record(number), (metadata, failure) -> {
                    if (failure == null) {
                        tally.acknowledge(sent);
                    } else {
                        findings.add(sent + " was not taken: " + failure);
                    }
                });
            }
            producer.flush();
        } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private ProducerRecord<String, String> record(int number) {
        ProducerRecord<String, String> record = new ProducerRecord<>(topic, "key/" + number % 100, texts.text(number));
        record.headers().add("mqtt.qos", "2".getBytes(UTF_8));
        if (Fate.of(number) == Fate.EXPIRED) {
            record.headers().add("expires-at", "1".getBytes(UTF_8));
        }
        return record;
    }

    /** Waits until all is in the log. */
    void finishSending() throws InterruptedException {
        thread.join(TimeUnit.SECONDS.toMillis(PATIENCE.toSeconds()));
        if (thread.isAlive()) {
            findings.add("the sender has sends without an answer after " + PATIENCE);
        }
    }

    void stop() {
        if (thread != null) {
            thread.interrupt();
            producer.close(Duration.ZERO);
        }
    }
}
