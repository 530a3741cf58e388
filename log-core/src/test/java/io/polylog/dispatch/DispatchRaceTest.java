package io.polylog.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.fake.FakeLog;
import io.polylog.fake.FakeTopics;
import io.polylog.fake.ManualExecutor;
import io.polylog.metric.Meters;
import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random interleavings of appends, reads, polls and closes: no reader misses a record or sleeps on one. */
class DispatchRaceTest {

    /** Small enough that every limit is met all the time. */
    private static final DispatchLimits TIGHT = new DispatchLimits(400, 500, 2, 4, 1500, 3, 2000, 5, 3000);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void everyReaderSeesEveryRecordInOrder(long seed) {
        Random random = new Random(seed);
        ManualExecutor feedPool = new ManualExecutor();
        ManualExecutor readPool = new ManualExecutor();
        FakeLog log = new FakeLog(readPool);
        FakeTopics topics = new FakeTopics();
        TopicPartition partition = topics.add("t", 1).partition(0);
        log.create(partition);
        LogDispatcher dispatcher = new LogDispatcher(log, topics, feedPool, TIGHT, Meters.none());
        List<Consumer> consumers = new ArrayList<>();
        List<Long> starts = new ArrayList<>();
        List<ManualExecutor> executors = new ArrayList<>(List.of(feedPool, readPool));
        long end = 0;
        int closed = 0;

        for (int step = 0; step < 4000; step++) {
            int choice = random.nextInt(100);
            if (choice < 6) {
                String[] values = new String[1 + random.nextInt(5)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = Long.toString(end++);
                }
                log.append(partition, values);
            } else if (choice < 7 && consumers.size() < 12) {
                long start = random.nextInt((int) end + 1);
                Consumer consumer = new Consumer(dispatcher, partition, start, () -> 1 + random.nextInt(6));
                consumer.start();
                consumers.add(consumer);
                starts.add(start);
                executors.add(consumer.owner);
            } else if (choice < 8 && closed < 6 && !consumers.isEmpty()) {
                int index = random.nextInt(consumers.size());
                Consumer leaving = consumers.remove(index);
                long first = starts.remove(index);
                leaving.owner.execute(leaving::close);
                expectRun(leaving, first, first + leaving.offsets.size(), seed);
                closed++;
            } else {
                ManualExecutor.stepAny(random, executors.toArray(ManualExecutor[]::new));
            }
        }
        ManualExecutor.drain(executors.toArray(ManualExecutor[]::new));

        for (int i = 0; i < consumers.size(); i++) {
            expectRun(consumers.get(i), starts.get(i), end, seed);
        }
        assertThat(log.openSlices()).isZero();
        assertThat(log.watches(partition)).isLessThanOrEqualTo(1);
    }

    private static void expectRun(Consumer consumer, long from, long to, long seed) {
        List<Long> expected = LongStream.range(from, to).boxed().toList();
        assertThat(consumer.offsets).as("seed %d", seed).isEqualTo(expected);
        assertThat(consumer.values)
                .isEqualTo(expected.stream().map(String::valueOf).toList());
    }
}
