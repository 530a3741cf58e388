package io.polylog.server.crash;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.LoggerFactory;

/**
 * Rounds of kill -9 over one data directory, with clients of all protocols at work all the time, judged by what those
 * clients were told. The seed decides when the gateway is killed, and when it is killed again while it recovers; what
 * the clients do in the meantime is theirs.
 */
public final class CrashRun {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** A kill comes after at most that many acknowledgements of a round. */
    private static final int MAX_ACKNOWLEDGED = 4_000;

    /** One start in so many is killed before it is ready. */
    private static final int STARTS_PER_KILLED_START = 3;

    private static final int PARTITIONS = 3;

    /** One message in so many of the queue {@code verdicts} is rejected by every receiver. */
    private static final int UNFIT_ONE_IN = 3;

    /** One checkpoint is taken after so many bytes and may take a while; beyond this nothing trims the journal. */
    private static final long MAX_JOURNAL_BYTES = 16L * Target.CHECKPOINT_BYTES;

    /** Held, since the level goes with a logger that nobody holds. */
    private static final java.util.logging.Logger PAHO = java.util.logging.Logger.getLogger("org.eclipse.paho");

    private final long seed;
    private final Random random;
    private final Target target;
    private final Findings findings = new Findings();
    private final List<Tally> tallies = new ArrayList<>();
    private final List<TopicPartition> partitions = new ArrayList<>();
    private final List<NewTopic> topics = new ArrayList<>();
    private final List<Workload> workloads = new ArrayList<>();
    private final QueueTally jobs = new QueueTally("jobs", number -> false, findings);
    private final QueueTally verdicts = new QueueTally("verdicts", number -> number % UNFIT_ONE_IN == 0, findings);
    private final Map<QueueTally, Tally> queueSenders = new LinkedHashMap<>();
    private int killedStarts;
    private long journalBytes;
    private long repeated;

    /**
     * @param directory holds the data and the gateway's output
     * @param seed of the moments of the kills
     */
    public CrashRun(Path directory, long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.target = new Target(directory, random);
        silence("org.apache.kafka");
        silence("org.apache.qpid");
        silencePaho();
        addKafka();
        addQueues();
        addMqtt();
    }

    static void silencePaho() {
        PAHO.setLevel(java.util.logging.Level.OFF);
    }

    /** Clients tell every lost connection, which is what a run consists of. */
    static void silence(String logger) {
        ((Logger) LoggerFactory.getLogger(logger)).setLevel(Level.OFF);
    }

    private void addKafka() {
        Tally plain = kafkaSender("idempotent", Tally.Promise.EXACTLY_ONCE_IN_ORDER, Map.of());
        Tally lz4 = kafkaSender(
                "idempotent-lz4",
                Tally.Promise.EXACTLY_ONCE_IN_ORDER,
                Map.of("compression.type", "lz4", "linger.ms", 5));
        kafkaSender("at-least-once", Tally.Promise.AT_LEAST_ONCE, Map.of("enable.idempotence", false));
        workloads.add(new KafkaGroup(target, "classic-group", "classic", Map.of(plain.name(), plain), findings));
        workloads.add(new KafkaGroup(
                target, "next-group", "consumer", Map.of(plain.name(), plain, lz4.name(), lz4), findings));
    }

    private Tally kafkaSender(String topic, Tally.Promise promise, Map<String, Object> settings) {
        Tally tally = sender(topic, PARTITIONS, promise);
        workloads.add(new KafkaSender(target, topic, PARTITIONS, tally, findings, settings));
        return tally;
    }

    private void addQueues() {
        sender("jobs", 1, Tally.Promise.AT_LEAST_ONCE);
        addQueue(jobs);
        sender("verdicts", 1, Tally.Promise.AT_LEAST_ONCE);
        addQueue(verdicts);
    }

    private void addQueue(QueueTally queue) {
        Tally sender = tallies.get(tallies.size() - 1);
        queueSenders.put(queue, sender);
        workloads.add(new JmsSender(target, queue.queue(), sender));
        workloads.add(new JmsReceiver(target, queue.queue() + "-jms", queue));
        workloads.add(new ConfirmedReceiver(target, queue.queue() + "-confirmed", queue));
    }

    private void addMqtt() {
        Tally atLeastOnce = sender("qos1", 2, Tally.Promise.AT_LEAST_ONCE);
        workloads.add(
                new MqttReceiver(target, "qos1-subscriber", "qos1/#", 1, atLeastOnce, findings, Mqtt5Session::new));
        workloads.add(new MqttSender(target, "qos1/device", 1, atLeastOnce, findings));
        Tally exactlyOnce = sender("qos2", 2, Tally.Promise.EXACTLY_ONCE_IN_ORDER);
        workloads.add(
                new MqttReceiver(target, "qos2-subscriber", "qos2/#", 2, exactlyOnce, findings, Mqtt3Session::new));
        workloads.add(new MqttSender(target, "qos2/device", 2, exactlyOnce, findings));
    }

    /** A topic with a sender of its own, of the same name. */
    private Tally sender(String topic, int partitionCount, Tally.Promise promise) {
        Tally tally = new Tally(topic, promise);
        tallies.add(tally);
        topics.add(new NewTopic(topic, partitionCount, (short) 1));
        IntStream.range(0, partitionCount).forEach(index -> partitions.add(new TopicPartition(topic, index)));
        return tally;
    }

    /**
     * Plays that many rounds, and then lets everybody finish.
     *
     * @param told hears of each round
     * @return the figures of the run
     * @throws AssertionError with the seed, the round and what was lost, came twice or went back
     */
    public String play(int rounds, Consumer<String> told) throws Exception {
        try {
            target.start();
            try (Admin admin = Admin.create(
                    Map.of("bootstrap.servers", target.endpoint("kafka").toString()))) {
                admin.createTopics(topics).all().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            for (Workload workload : workloads) {
                workload.start();
            }
            try (LogAudit audit = audit();
                    DeadLetters deadLetters = deadLetters()) {
                for (int round = 1; round <= rounds; round++) {
                    findings.round(round);
                    play(audit, deadLetters);
                    told.accept("round " + round + ": ready after " + target.lastRecoveryMs() + " ms, " + acknowledged()
                            + " confirmed");
                }
                finish(deadLetters);
            }
            return figures(rounds);
        } catch (AssertionError failure) {
            throw new AssertionError(context() + failure.getMessage() + "\n" + target.log(), failure);
        } finally {
            workloads.forEach(Workload::stop);
            target.close();
        }
    }

    private void play(LogAudit audit, DeadLetters deadLetters) throws Exception {
        // Now and then everybody has to have got going again; mostly the next kill comes before they all could.
        if (random.nextInt(3) == 0) {
            awaitProgressOfEach();
        }
        awaitAcknowledged(acknowledged() + random.nextInt(MAX_ACKNOWLEDGED));
        target.kill();
        while (random.nextInt(STARTS_PER_KILLED_START) == 0) {
            target.startAndKill(random.nextInt((int) target.lastRecoveryMs()));
            killedStarts++;
        }
        long journal = target.bytesBelow("journal");
        journalBytes = Math.max(journalBytes, journal);
        if (journal > MAX_JOURNAL_BYTES) {
            findings.add("the journal has grown to " + journal + " bytes");
        }
        target.start();
        for (Workload workload : workloads) {
            workload.check();
        }
        audit.look();
        deadLetters.look();
        findings.check(context());
    }

    private void awaitProgressOfEach() {
        for (Workload workload : workloads) {
            long before = workload.progress();
            await(workload.name() + " gets going again", () -> workload.progress() > before);
        }
    }

    private void awaitAcknowledged(long count) {
        await(count + " acknowledgements", () -> acknowledged() >= count);
    }

    private long acknowledged() {
        return workloads.stream().mapToLong(Workload::progress).sum();
    }

    private void await(String what, Callable<Boolean> condition) {
        try {
            Awaitility.await(what)
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(condition);
        } catch (ConditionTimeoutException late) {
            findings.add("not within " + PATIENCE + ": " + what);
            findings.check(context());
        }
    }

    private void finish(DeadLetters deadLetters) throws Exception {
        for (Workload workload : workloads) {
            workload.finishSending();
        }
        for (Workload workload : workloads) {
            workload.finishReceiving();
        }
        queueSenders.forEach((queue, sender) -> await(
                "all of " + queue.queue() + " received",
                () -> queue.notReceived(sender.acknowledged()).isEmpty()));
        Tally judged = queueSenders.get(verdicts);
        await("dead letters of all unfit messages", () -> {
            deadLetters.look();
            return deadLetters.missing(judged.acknowledged()).isEmpty();
        });
        target.kill();
        target.start();
        for (Workload workload : workloads) {
            workload.check();
        }
        deadLetters.look();
        try (LogAudit all = audit()) {
            all.look();
            repeated = all.repeated();
        }
        findings.check(context());
    }

    private LogAudit audit() {
        return new LogAudit(target.endpoint("kafka").toString(), partitions, tallies, findings);
    }

    private DeadLetters deadLetters() {
        return new DeadLetters(target.endpoint("kafka").toString(), verdicts, findings);
    }

    private String context() {
        return "seed " + seed + ", " + target.recoveriesMs().size() + " starts\n";
    }

    private String figures(int rounds) {
        List<Long> recoveries = target.recoveriesMs().stream().skip(1).sorted().toList();
        StringBuilder text = new StringBuilder()
                .append("crash run: seed ")
                .append(seed)
                .append(", ")
                .append(rounds)
                .append(" rounds, ")
                .append(killedStarts)
                .append(" starts killed before they were ready\nrecovery to the ready line, ms: min ")
                .append(recoveries.get(0))
                .append(", median ")
                .append(recoveries.get(recoveries.size() / 2))
                .append(", max ")
                .append(recoveries.get(recoveries.size() - 1))
                .append("\nlargest journal, MiB: ")
                .append(journalBytes >> 20)
                .append("\nin the log twice, of the senders that may: ")
                .append(repeated)
                .append("\nconfirmed:");
        workloads.forEach(
                workload -> text.append(' ').append(workload.name()).append(' ').append(workload.progress()));
        queueSenders
                .keySet()
                .forEach(queue -> text.append('\n')
                        .append(queue.queue())
                        .append(" received ")
                        .append(queue.receivedCount())
                        .append(", of which settled for certain ")
                        .append(queue.confirmedCount()));
        return text.toString();
    }
}
