package io.polylog.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Publisher.Published;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.broker.Writes;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A gateway on a disk that does as it is told, and short ways to use it. */
abstract class OnATroubledDisk {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Nothing is kept free, so that writes run into the end of the disk. */
    static final Map<String, String> NO_RESERVE = Map.of("disk-reserve-bytes", "0");

    @TempDir
    Path directory;

    FaultyDisk disk;
    TestGateway gateway;

    @BeforeEach
    void makeDisk() throws IOException {
        disk = new FaultyDisk(directory);
    }

    @AfterEach
    void close() throws IOException {
        disk.releaseForces();
        disk.freeSpace();
        closeQuietly();
    }

    void start(Map<String, String> settings) throws IOException {
        Map<String, String> all = new java.util.HashMap<>(settings);
        all.put("durability", "fsync");
        gateway = TestGateway.start(directory, all, disk, EpochClock.system(), NanoClock.system());
    }

    void restartAfterPowerLoss(Random random) throws IOException {
        disk.crash(random);
        closeQuietly();
        start(NO_RESERVE);
    }

    /** A crashed gateway cannot close its files in order; what counts is that it gives the directory back. */
    void closeQuietly() {
        try {
            gateway.close();
        } catch (IOException expected) {
            assertThat(expected).isNotNull();
        }
    }

    TopicPartition topic(String name) {
        Topic topic = get(gateway.context().topics().create(new TopicSpec(name, 1, Map.of())));
        return topic.partition(0);
    }

    CompletableFuture<Published> publish(TopicPartition partition, String value) {
        return gateway.context()
                .publisher()
                .publish(partition, new Record(null, value.getBytes(UTF_8), 1_000, Headers.EMPTY))
                .toCompletableFuture();
    }

    void awaitWrites(Writes expected) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> gateway.context().readiness().writes() == expected);
    }

    List<String> readAll(TopicPartition partition) {
        return LogContents.of(gateway.context(), partition).stream()
                .map(stored -> new String(stored.record().value(), UTF_8))
                .toList();
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    Path find(String directoryName, String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().contains(directoryName)
                            && file.toString().endsWith(suffix))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Whether it succeeded, once it is settled. */
    static boolean settled(CompletableFuture<?> stage) {
        return stage.copy()
                .orTimeout(60, TimeUnit.SECONDS)
                .handle((result, failure) -> failure == null)
                .join();
    }

    static Refusal refusal(CompletionStage<?> stage) {
        Throwable failure = stage.toCompletableFuture()
                .copy()
                .orTimeout(60, TimeUnit.SECONDS)
                .handle((result, thrown) -> unwrap(thrown))
                .join();
        assertThat(failure).isInstanceOf(RefusedException.class);
        return ((RefusedException) failure).refusal();
    }

    static String message(Throwable failure) {
        return String.valueOf(unwrap(failure).getMessage());
    }

    static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
