package io.polylog.camel;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import io.polylog.share.Acquired;
import io.polylog.share.Outcome;
import io.polylog.share.ShareConsumer;
import java.net.ConnectException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The window of an input, its share group played by hand on one thread. */
class IntakeTest {

    private static final TopicPartition PARTITION = new TopicPartition(new UUID(0, 1), "jobs", 0);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Group group = new Group();
    private final Deque<Intake.Completion> working = new ArrayDeque<>();

    @AfterEach
    void close() {
        timer.shutdownNow();
    }

    @Test
    void neverHoldsMoreThanItsWindowAndNeverStalls() {
        long seed = 20261121;
        Random random = new Random(seed);
        Intake intake = intake(8);
        intake.open(group);
        int delivered = 0;
        for (int step = 0; step < 10_000; step++) {
            if (random.nextBoolean() && group.credit > 0) {
                int count = 1 + random.nextInt(group.credit);
                group.credit -= count;
                delivered += count;
                intake.acquired(records(delivered, count));
            } else if (!working.isEmpty()) {
                working.poll().completed(null);
            }
            assertThat(working.size() + group.credit)
                    .as("seed %d step %d", seed, step)
                    .isLessThanOrEqualTo(8);
            assertThat(working.size() + group.credit)
                    .as("seed %d step %d", seed, step)
                    .isPositive();
        }
        assertThat(group.settled).hasSize(delivered - working.size()).containsOnly(Outcome.ACCEPT);
    }

    @Test
    void givesBackWhatArrivesWhilePaused() {
        Intake intake = intake(4);
        intake.open(group);
        intake.pause();
        assertThat(group.credit).isZero();
        intake.acquired(records(0, 2));
        assertThat(group.settled).containsExactly(Outcome.RELEASE, Outcome.RELEASE);
        assertThat(working).isEmpty();
        intake.resume();
        assertThat(group.credit).isEqualTo(4);
    }

    @Test
    void aFailureIsCountedByTheGroup() {
        Intake intake = intake(4);
        intake.open(group);
        group.credit--;
        intake.acquired(records(0, 1));
        working.remove().completed(new IllegalStateException("no"));
        assertThat(group.givenBack.join()).isEqualTo(Outcome.FAIL);
    }

    @Test
    void aFarSideThatIsDownIsNoFailureOfTheRecord() {
        Intake intake = intake(4);
        intake.open(group);
        group.credit--;
        intake.acquired(records(0, 1));
        working.remove().completed(new IllegalStateException("no", new ConnectException("refused")));
        assertThat(group.givenBack.join()).isEqualTo(Outcome.RELEASE);
    }

    @Test
    void readsNoFurtherWhileEverythingWaits() {
        Intake intake = intake(4, 60_000);
        intake.open(group);
        group.credit -= 4;
        intake.acquired(records(0, 4));
        while (!working.isEmpty()) {
            working.remove().completed(new ConnectException("refused"));
        }
        assertThat(group.credit).isZero();
        assertThat(group.settled).isEmpty();
        intake.close();
        assertThat(group.settled).isEmpty();
    }

    private Intake intake(int maxInFlight) {
        return intake(maxInFlight, 0);
    }

    private Intake intake(int maxInFlight, int redeliveryDelayMs) {
        return new Intake(
                "route",
                maxInFlight,
                redeliveryDelayMs,
                Runnable::run,
                timer,
                (record, done) -> working.add(done),
                reason -> {});
    }

    private static List<Acquired> records(long offset, int count) {
        List<Acquired> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(new Acquired(PARTITION, offset + i, 1, 0, 0, new Record(null, null, 0, Headers.EMPTY)));
        }
        return records;
    }

    /** Remembers what it was told. */
    private static final class Group implements ShareConsumer {
        private final List<Outcome> settled = new ArrayList<>();
        private final CompletableFuture<Outcome> givenBack = new CompletableFuture<>();
        private int credit;

        @Override
        public CompletionStage<Void> credit(int records) {
            credit = records;
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> settle(Collection<Acquired> records, Outcome outcome) {
            settled.add(outcome);
            if (outcome != Outcome.ACCEPT) {
                givenBack.complete(outcome);
            }
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {}
    }
}
