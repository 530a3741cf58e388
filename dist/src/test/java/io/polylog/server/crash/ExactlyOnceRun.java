package io.polylog.server.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;

/**
 * Two {@link Transformer}s carry records from a topic to another while they and the gateway are ended by kill -9. At the end the
 * other topic has each record once for those who read what is committed. The seed decides who is killed, and when.
 */
public final class ExactlyOnceRun {

    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final int PARTITIONS = 3;
    private static final List<String> APPLICATIONS = List.of("one", "two");

    /** A kill comes after at most that many more records. */
    private static final int MAX_STEP = 800;

    private final Path directory;
    private final long seed;
    private final Random random;
    private final Target target;
    private final Map<String, Process> applications = new HashMap<>();
    private final List<TopicPartition> out = IntStream.range(0, PARTITIONS)
            .mapToObj(partition -> new TopicPartition(Transformer.OUT, partition))
            .toList();

    public ExactlyOnceRun(Path directory, long seed) {
        this.directory = directory;
        this.seed = seed;
        this.random = new Random(seed);
        this.target = new Target(directory, random);
        CrashRun.silence("org.apache.kafka");
    }

    /**
     * @param records to be carried
     * @param kills of the gateway, and as many of each application, as far as the records last
     * @return figures about the run
     */
    public String play(int records, int kills) throws Exception {
        try (target) {
            target.start();
            fill(records);
            APPLICATIONS.forEach(this::launch);
            int killed = 0;
            int arrived = 0;
            List<String> values = new ArrayList<>();
            try (KafkaConsumer<String, String> reader = reader()) {
                while (arrived < records) {
                    int goal = killed < kills ? Math.min(records, arrived + 1 + random.nextInt(MAX_STEP)) : records;
                    await(reader, values, goal);
                    arrived = values.size();
                    if (arrived < records && killed < kills) {
                        kill();
                        killed++;
                    }
                }
                // Whatever comes twice comes now, when nobody is left who could be late.
                applications.values().forEach(Process::destroyForcibly);
                target.kill();
                target.start();
                Awaitility.await().atMost(PATIENCE).until(() -> reader.endOffsets(out), ends -> {
                    reader.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
                    return out.stream().allMatch(one -> reader.position(one) >= ends.get(one));
                });
            }
            assertThat(values).as("seed %s", seed).doesNotHaveDuplicates().hasSize(records);
            return records + " records exactly once, " + killed + " times all were killed, seed " + seed;
        } finally {
            applications.values().forEach(Process::destroyForcibly);
        }
    }

    private void fill(int records) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()));
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrap()), new StringSerializer(), new StringSerializer())) {
            admin.createTopics(List.of(
                            new NewTopic(Transformer.IN, PARTITIONS, (short) 1),
                            new NewTopic(Transformer.OUT, PARTITIONS, (short) 1)))
                    .all()
                    .get();
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(Transformer.IN, i % PARTITIONS, "key " + i, "value " + i));
            }
        }
    }

    /** Reads until so many have come; applications that have ended by themselves begin again. */
    private void await(KafkaConsumer<String, String> reader, List<String> values, int goal) {
        Awaitility.await("record " + goal + " of seed " + seed).atMost(PATIENCE).until(() -> {
            for (ConsumerRecord<String, String> record : reader.poll(Duration.ofMillis(50))) {
                values.add(record.value());
            }
            applications.forEach((name, process) -> {
                if (!process.isAlive()) {
                    launch(name);
                }
            });
            return values.size() >= goal;
        });
    }

    /** The gateway and the applications, in some order, one of them a moment later. */
    private void kill() throws InterruptedException {
        boolean gatewayFirst = random.nextBoolean();
        if (gatewayFirst) {
            target.kill();
        }
        for (String name : APPLICATIONS) {
            Process process = applications.get(name);
            process.destroyForcibly();
            process.waitFor(random.nextInt(200), TimeUnit.MILLISECONDS);
            if (random.nextBoolean()) {
                launch(name);
            }
        }
        if (!gatewayFirst) {
            target.kill();
        }
        target.start();
    }

    private void launch(String name) {
        try {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx128m",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            Transformer.class.getName(),
                            bootstrap(),
                            name)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve(name + ".log").toFile())
                    .start();
            applications.put(name, process);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private KafkaConsumer<String, String> reader() {
        KafkaConsumer<String, String> reader = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap(),
                        "isolation.level",
                        "read_committed",
                        "reconnect.backoff.max.ms",
                        200),
                new StringDeserializer(),
                new StringDeserializer());
        reader.assign(out);
        reader.seekToBeginning(out);
        return reader;
    }

    private String bootstrap() {
        return target.endpoint("kafka").toString();
    }
}
