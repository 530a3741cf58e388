package io.polylog.server.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.server.crash.LedgerTally.Line;
import io.polylog.server.crash.LedgerTally.Outcome;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One share group on one partition, whose members speak Kafka, AMQP 1.0, MQTT 3.1.1 and MQTT 5 with QoS 1 and 2, while their wires are cut,
 * their processes end, their sessions are taken over and the gateway is killed and started again.
 *
 * <p><b>Settled once</b> means: each record that was acknowledged to its producer ends accepted by at least one member, or as
 * exactly one dead letter whose reason is true; and what was accepted <i>for certain</i> is never given to anybody again, and
 * is no dead letter. An acceptance is certain
 *
 * <ul>
 *   <li>over AMQP 1.0, when the gateway has settled the delivery as accepted ({@link AmqpMember}, which does not settle
 *       first); after an acknowledgement that the client settles by itself, as JMS does, when {@link RoundTrips} on the same
 *       connection have come back after it;
 *   <li>over Kafka, when the commit has been answered;
 *   <li>over MQTT with QoS 1, and with QoS 2 where the client gives a message to its user before PUBREC, when such round
 *       trips have come back after PUBACK or PUBREC: these have no answer of their own that tells;
 *   <li>over MQTT with QoS 2 where the client gives a message to its user after PUBREL ({@link Mqtt3Member}): at once.
 * </ul>
 *
 * <p>What is not certain when a connection ends is in doubt, and may be given again, with a mark: delivery count or
 * first-acquirer, DUP. Only what was given in the last moments before the gateway was killed may come again without one. A
 * delivery that is lost with its AMQP connection counts as failed, so a fit message may die by the delivery limit too.
 *
 * <p>The seed decides what is done to whom; what the clients do meanwhile is theirs.
 */
public final class LedgerRun {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String TOPIC = "work";
    private static final String GROUP = "crew";
    private static final String SOURCE = TOPIC + "::" + GROUP;
    private static final String FILTER = "$share/" + GROUP + "/" + TOPIC + "/#";
    private static final String OF_LEDGER = "{group=\"" + GROUP + "\",topic=\"" + TOPIC + "\"}";
    private static final String LAG = "polylog_group_lag" + OF_LEDGER;
    private static final String RECEIPTS = "receipts";
    private static final int DELIVERY_LIMIT = 2;

    /** Between two of the run's deeds so many messages end, on average. */
    private static final int MESSAGES_PER_DEED = 200;

    private final long seed;
    private final Random random;
    private final int messages;
    private final int kills;
    private final Target target;
    private final Findings findings = new Findings();
    private final LedgerTally tally = new LedgerTally(findings);
    private final List<LedgerMember> members = new ArrayList<>();
    private final LedgerSender sender;
    private int cuts;
    private int aborts;
    private int vanishings;

    /**
     * @param directory holds the data and the gateway's output
     * @param messages at least some thousands
     * @param kills of the gateway, spread over the run
     */
    public LedgerRun(Path directory, long seed, int messages, int kills) throws IOException {
        this.seed = seed;
        this.random = new Random(seed);
        this.messages = messages;
        this.kills = kills;
        this.target = new Target(directory, random);
        this.sender = new LedgerSender(target, TOPIC, messages, tally, findings);
        CrashRun.silence("org.apache.kafka");
        CrashRun.silence("org.apache.qpid");
        CrashRun.silencePaho();
        members.add(new AmqpMember(target, "proton-1", SOURCE, tally, random.nextLong()));
        members.add(new AmqpMember(target, "proton-2", SOURCE, tally, random.nextLong()));
        members.add(new JmsMember(target, "jms", SOURCE, RECEIPTS, tally, random.nextLong()));
        members.add(new Mqtt5Member(target, "paho5-qos1", FILTER, 1, tally, random.nextLong()));
        members.add(new Mqtt5Member(target, "paho5-qos2", FILTER, 2, tally, random.nextLong()));
        members.add(new Mqtt3Member(target, "paho3-qos1", FILTER, 1, tally, random.nextLong()));
        members.add(new Mqtt3Member(target, "paho3-qos2", FILTER, 2, tally, random.nextLong()));
        members.add(new ShareMember(target, "kafka-1", GROUP, TOPIC, tally, random.nextLong()));
        members.add(new ShareMember(target, "kafka-2", GROUP, TOPIC, tally, random.nextLong()));
    }

    /**
     * @param told hears of each kill
     * @return the figures of the run
     * @throws AssertionError with the seed and what was lost, or came again
     */
    public String play(Consumer<String> told) throws Exception {
        try {
            target.start();
            createTopics();
            for (LedgerMember member : members) {
                member.start();
            }
            sender.start();
            try (TopicTail dead = deadLetters()) {
                for (int kill = 1; kill <= kills; kill++) {
                    disturbUntil((long) messages * kill / (kills + 1), dead);
                    killGateway();
                    told.accept("kill " + kill + ": " + tally.doneCount() + " of " + messages + " done");
                }
                disturbUntil(messages * 19L / 20, dead);
                finish(dead);
            }
            return "ledger run: seed " + seed + ", kills of the gateway " + kills + ", cut wires " + cuts
                    + ", ended processes " + aborts + ", sessions taken over " + vanishings + "\n" + tally.figures();
        } catch (AssertionError failure) {
            throw new AssertionError(context() + failure.getMessage() + "\n" + target.log(), failure);
        } finally {
            sender.stop();
            members.forEach(LedgerMember::stop);
            target.close();
        }
    }

    private void createTopics() throws Exception {
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", target.endpoint("kafka").toString()))) {
            NewTopic work = new NewTopic(TOPIC, 1, (short) 1)
                    .configs(Map.of(
                            "polylog.share.start",
                            "earliest",
                            "polylog.delivery.limit",
                            Integer.toString(DELIVERY_LIMIT)));
            admin.createTopics(List.of(work, new NewTopic(RECEIPTS, 1, (short) 1)))
                    .all()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private TopicTail deadLetters() {
        return new TopicTail(target.endpoint("kafka").toString(), TOPIC + ".dlq", findings, this::dead);
    }

    private void dead(ConsumerRecord<String, String> letter) {
        String reason =
                new String(letter.headers().lastHeader("x-first-death-reason").value(), UTF_8);
        tally.dead(Tally.numberOf(letter.value()), reason, letter.offset());
    }

    // ---- what is done to the members and the gateway ------------------------------------------------------------

    private void disturbUntil(long done, TopicTail dead) {
        while (tally.doneCount() < done) {
            long next = Math.min(done, tally.doneCount() + 1 + random.nextInt(2 * MESSAGES_PER_DEED));
            await(next + " messages done", () -> {
                dead.look();
                return tally.doneCount() >= next;
            });
            disturb(members.get(random.nextInt(members.size())));
            findings.check(context());
        }
    }

    private void disturb(LedgerMember member) {
        switch (random.nextInt(3)) {
            case 0 -> {
                cuts++;
                member.cut();
            }
            case 1 -> {
                aborts++;
                member.abort();
            }
            default -> {
                vanishings++;
                member.vanish();
            }
        }
    }

    private void killGateway() {
        tally.killed();
        target.kill();
        tally.killed(); // who has connected in between saw a gateway that was about to end
        target.start();
    }

    // ---- the end ------------------------------------------------------------------------------------------------

    private void finish(TopicTail dead) throws Exception {
        sender.finishSending();
        await("all messages accepted or dead", () -> {
            dead.look();
            return tally.doneCount() >= messages;
        });
        tally.accuse(tally.missing(), "in the log, and neither accepted nor dead");
        for (LedgerMember member : members) {
            member.finish();
            member.closeRelay();
        }
        drain(); // of what was in doubt when its member ended
        dead.look();
        await("no members", () -> gauge("polylog_share_members") == 0);
        await("nobody holds anything", () -> inFlight() == 0);
        await(
                "the ledger ends where the log does",
                () -> metrics(LAG).boxed().toList().equals(List.of(0.0)));
        tally.killed();
        target.kill();
        target.start();
        int left = drain();
        if (left > 0) {
            findings.add(left + " messages were given after all had been accepted for certain, or died");
        }
        try (TopicTail again =
                new TopicTail(target.endpoint("kafka").toString(), TOPIC + ".dlq", findings, this::stillDead)) {
            again.look();
        }
        findings.addIfAny(tally.missingDead(), "dead letters that are gone");
        findings.check(context());
    }

    private void stillDead(ConsumerRecord<String, String> letter) {
        tally.stillDead(Tally.numberOf(letter.value()));
    }

    /** Takes what there is until the gateway says that there is no more; all that comes is accepted. */
    private int drain() throws Exception {
        int count = 0;
        String uri = "amqp://" + target.endpoint("amqp") + "?jms.prefetchPolicy.all=0";
        Line line = tally.open();
        try (Connection connection = new JmsConnectionFactory(uri).createConnection()) {
            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue(SOURCE));
            connection.start();
            Message message;
            while ((message = consumer.receiveNoWait()) != null) {
                byte[] bytes = new byte[Math.toIntExact(((BytesMessage) message).getBodyLength())];
                ((BytesMessage) message).readBytes(bytes);
                int number = Tally.numberOf(new String(bytes, UTF_8));
                tally.receive(number, true, line, "drain");
                tally.settle(number, Outcome.ACCEPT, "drain");
                message.acknowledge();
                count++;
            }
        }
        return count;
    }

    private double gauge(String name) throws Exception {
        return metrics(name + " ").sum();
    }

    /** Of a ledger that is not in memory, nothing is in flight. */
    private double inFlight() throws Exception {
        return metrics("polylog_group_in_flight" + OF_LEDGER).sum();
    }

    private DoubleStream metrics(String name) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + target.endpoint("http") + "/metrics"))
                                .build(),
                        BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))));
    }

    private void await(String what, Callable<Boolean> condition) {
        try {
            Awaitility.await(what)
                    .dontCatchUncaughtExceptions() // Paho's threads, when their client is ended
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(10))
                    .until(condition);
        } catch (ConditionTimeoutException late) {
            tally.accuse(tally.missing(), "not done");
            findings.add("not within " + PATIENCE + ": " + what);
            findings.check(context() + tally.figures());
        }
    }

    private String context() {
        return "seed " + seed + ", " + target.recoveriesMs().size() + " starts\n";
    }
}
