package io.polylog.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.AbortedTransaction;
import io.polylog.broker.Topic;
import io.polylog.fake.FakeLog;
import io.polylog.fake.FakeTopics;
import io.polylog.fake.ManualExecutor;
import io.polylog.metric.Meters;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogDispatcherTest {

    private final ManualExecutor pool = new ManualExecutor();
    private final FakeLog log = new FakeLog(pool);
    private final FakeTopics topics = new FakeTopics();
    private final AtomicLong decoded = new AtomicLong();
    private final Meters meters = new Meters() {
        @Override
        public Counter counter(String name, String... tags) {
            return decoded::addAndGet;
        }

        @Override
        public Timer timer(String name, String... tags) {
            return nanos -> {};
        }

        @Override
        public void gauge(String name, DoubleSupplier value, String... tags) {}
    };
    private final LogDispatcher dispatcher = new LogDispatcher(log, topics, pool, DispatchLimits.DEFAULT, meters);
    private final List<Consumer> consumers = new ArrayList<>();
    private TopicPartition partition = new Topic(new java.util.UUID(0, 0), "none", 1, java.util.Map.of()).partition(0);

    @BeforeEach
    void createTopic() {
        partition = topics.add("orders", 1).partition(0);
        log.create(partition);
    }

    private Consumer consumer(long offset) {
        Consumer consumer = new Consumer(dispatcher, partition, offset, () -> 10);
        consumers.add(consumer);
        consumer.start();
        return consumer;
    }

    private void drain() {
        boolean worked = true;
        while (worked) {
            worked = pool.step();
            for (Consumer consumer : consumers) {
                worked |= consumer.owner.step();
            }
        }
    }

    @Test
    void givesOnlyRecordsFromItsPosition() {
        log.append(partition, "a", "b", "c", "d");
        log.append(partition, "e");
        Consumer consumer = consumer(2);
        drain();
        assertThat(consumer.values).containsExactly("c", "d", "e");
        assertThat(consumer.cursor.position()).isEqualTo(5);
    }

    @Test
    void wakesAReaderAtTheTail() {
        Consumer consumer = consumer(0);
        drain();
        assertThat(consumer.wakeUps()).isZero();
        log.append(partition, "a");
        drain();
        log.append(partition, "b");
        drain();
        assertThat(consumer.values).containsExactly("a", "b");
        assertThat(consumer.wakeUps()).isEqualTo(2);
    }

    @Test
    void waitsForAnOffsetThatIsYetToCome() {
        Consumer consumer = consumer(2);
        drain();
        log.append(partition, "a", "b");
        drain();
        assertThat(consumer.values).isEmpty();
        log.append(partition, "c");
        drain();
        assertThat(consumer.values).containsExactly("c");
    }

    @Test
    void decodesOnceForAThousandReadersAtTheTail() {
        for (int i = 0; i < 1000; i++) {
            consumer(0);
        }
        drain();
        assertThat(log.watches(partition)).isEqualTo(1);
        log.append(partition, "a", "b");
        drain();
        assertThat(consumers).allSatisfy(each -> assertThat(each.values).containsExactly("a", "b"));
        assertThat(decoded).hasValue(1);
        assertThat(log.reads()).isEqualTo(1);
    }

    @Test
    void laterReaderFindsWhatAnotherDecoded() {
        log.append(partition, "a", "b");
        consumer(0);
        drain();
        Consumer later = consumer(1);
        drain();
        assertThat(later.values).containsExactly("b");
        assertThat(decoded).hasValue(1);
    }

    @Test
    void offsetBelowTheLogStartIsMovedUp() {
        log.append(partition, "a");
        log.append(partition, "b", "c");
        log.advanceLogStart(partition, 2);
        Consumer consumer = consumer(0);
        drain();
        assertThat(consumer.values).containsExactly("c");
    }

    @Test
    void goesOnBehindControlBatches() {
        log.append(partition, "a");
        ByteBuffer marker = RecordBatch.encode(List.of(new Record(null, new byte[] {1}, 0, Headers.EMPTY)))
                .buffer();
        marker.put(22, (byte) 0x30); // attributes: transactional, control
        log.append(partition, new RecordBatch(marker));
        log.append(partition, "b");
        Consumer consumer = consumer(1);
        drain();
        assertThat(consumer.values).containsExactly("b");
    }

    @Test
    void leavesOutWhatWasAborted() {
        log.append(partition, "a");
        for (long producer = 7; producer <= 8; producer++) {
            log.appendUndecided(partition, producer, "p" + producer);
        }
        log.abort(partition, new AbortedTransaction(7, 1, 3));
        log.append(partition, "b");
        Consumer consumer = consumer(0);
        drain();
        assertThat(consumer.values).containsExactly("a", "p8", "b");
    }

    @Test
    void waitsForWhatIsNotDecided() {
        log.append(partition, "a");
        log.append(partition, "b");
        log.holdBack(partition, 1);
        Consumer consumer = consumer(1);
        drain();
        assertThat(consumer.values).isEmpty();
        log.release(partition);
        drain();
        assertThat(consumer.values).containsExactly("b");
    }

    @Test
    void slowReaderHoldsABoundedPart() {
        String[] many = new String[64];
        java.util.Arrays.fill(many, "x".repeat(100));
        for (int i = 0; i < 100; i++) {
            log.append(partition, many);
        }
        Cursor cursor = dispatcher.open(partition, 0, Runnable::run, () -> {});
        assertThat(cursor.poll(1)).isEmpty();
        drain();
        int readsForFirst = log.reads();
        assertThat(cursor.poll(1)).hasSize(1);
        drain();
        assertThat(log.reads()).isEqualTo(readsForFirst);
        int held = 0;
        while (!cursor.poll(1000).isEmpty()) {
            held++;
        }
        assertThat(held).isEqualTo(1);
        assertThat(cursor.position()).isLessThanOrEqualTo(DispatchLimits.DEFAULT.cursorRecords() + 64);
    }

    @Test
    void deletedTopicEndsItsReaders() {
        Consumer waiting = consumer(0);
        drain();
        topics.remove("orders");
        log.delete(partition);
        drain();
        assertThat(waiting.cursor.ended()).isTrue();
        assertThat(waiting.wakeUps()).isEqualTo(1);
        Consumer late = consumer(0);
        drain();
        assertThat(late.cursor.ended()).isTrue();
    }

    @Test
    void closedReaderIsNotWoken() {
        Consumer staying = consumer(0);
        Consumer leaving = consumer(0);
        drain();
        log.append(partition, "a");
        leaving.owner.execute(leaving::close);
        drain();
        assertThat(staying.values).containsExactly("a");
        staying.owner.execute(staying::close);
        drain();
        assertThat(log.watches(partition)).isZero();
        assertThat(log.openSlices()).isZero();
    }

    @Test
    void unreadableBatchEndsItsReadersAfterWhatIsGood() {
        log.append(partition, "a");
        ByteBuffer bytes = RecordBatch.encode(List.of(new Record(null, new byte[100], 0, Headers.EMPTY)))
                .buffer();
        bytes.putInt(RecordBatch.OVERHEAD, -1); // the record's own length
        log.append(partition, new RecordBatch(bytes));
        log.append(partition, "b");
        Consumer before = consumer(0);
        Consumer behind = consumer(2);
        drain();
        assertThat(before.values).containsExactly("a");
        assertThat(before.cursor.ended()).isTrue();
        assertThat(behind.values).containsExactly("b");
        assertThat(behind.cursor.ended()).isFalse();
    }

    @Test
    void closingTheDispatcherEndsEveryReader() {
        Consumer consumer = consumer(0);
        drain();
        dispatcher.close();
        drain();
        assertThat(consumer.cursor.ended()).isTrue();
    }
}
