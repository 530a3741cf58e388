package io.polylog.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.AbortedTransaction;
import io.polylog.broker.AppendResult;
import io.polylog.broker.LogRead;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.fake.ManualExecutor;
import io.polylog.kv.KvBudget;
import io.polylog.log.PartitionLog;
import io.polylog.record.EndMarker;
import io.polylog.record.RecordBatch;
import io.polylog.txn.Producer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions as one partition sees them: what is stable, what was aborted, who is fenced; also after a restart. */
class PartitionTransactionsTest {

    private static final UUID TOPIC = new UUID(5, 6);
    private static final EndMarker COMMIT = new EndMarker(true, 3);
    private static final EndMarker ABORT = new EndMarker(false, 3);

    @TempDir
    private Path directory;

    private final KvBudget budget = new KvBudget();
    private final ManualExecutor journal = new ManualExecutor();
    private LazyStore store;
    private StateReplicaGroup group;

    @BeforeEach
    void open() throws IOException {
        store = new LazyStore(directory.resolve("state"), budget, () -> false);
        start();
        ask(new CreatePartition(TOPIC, "t", 0));
    }

    private void start() throws IOException {
        group = new StateReplicaGroup(1, directory.resolve("logs"), store, journal, () -> false);
    }

    private void restart() throws IOException {
        group.crash();
        start();
    }

    @AfterEach
    void close() throws IOException {
        group.crash();
        store.close();
        budget.close();
    }

    private <R> R ask(Command<R> command) {
        CompletionStage<R> reply = group.propose(command);
        ManualExecutor.drain(journal, group.thread());
        return reply.toCompletableFuture().join();
    }

    private Refusal refusalOf(Command<?> command) {
        CompletableFuture<?> reply = group.propose(command).toCompletableFuture();
        ManualExecutor.drain(journal, group.thread());
        try {
            Object answer = reply.join();
            throw new AssertionError("not refused but answered " + answer);
        } catch (CompletionException refused) {
            return ((RefusedException) refused.getCause()).refusal();
        }
    }

    private Partition partition() {
        return Objects.requireNonNull(group.partitions().find(TOPIC, 0));
    }

    private long lastStable() {
        return partition().log().offsets().lastStable();
    }

    private static RecordBatch batch(boolean transactional, long producerId, int epoch, int sequence, int count) {
        SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            records[i] = new SimpleRecord(0, null, ("v" + (sequence + i)).getBytes(UTF_8));
        }
        MemoryRecords encoded = transactional
                ? MemoryRecords.withTransactionalRecords(Compression.NONE, producerId, (short) epoch, sequence, records)
                : MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, (short) epoch, sequence, records);
        return new RecordBatch(encoded.buffer());
    }

    /** Records in a transaction, guarded by the marker that the partition shows now. */
    private AppendInTransaction write(long producerId, int epoch, int sequence, int count) {
        return new AppendInTransaction(
                TOPIC, 0, partition().lastMarker(producerId), batch(true, producerId, epoch, sequence, count));
    }

    private static WriteMarker end(long producerId, int epoch, EndMarker marker) {
        return new WriteMarker(TOPIC, 0, producerId, (short) epoch, marker);
    }

    private static Append plain(long producerId, int epoch, int sequence) {
        return new Append(TOPIC, 0, batch(false, producerId, epoch, sequence, 1));
    }

    @Test
    void nothingIsStableFromTheOldestOpenTransactionOn() {
        ask(plain(9, 0, 0));
        ask(write(1, 0, 0, 2));
        ask(write(2, 0, 0, 3));
        assertThat(lastStable()).isEqualTo(1);
        ask(end(2, 0, COMMIT));
        assertThat(lastStable()).isEqualTo(1);
        ask(end(1, 0, COMMIT));
        assertThat(lastStable())
                .isEqualTo(8)
                .isEqualTo(partition().log().offsets().highWatermark());
    }

    @Test
    void openTransactionsSurviveARestart() throws IOException {
        ask(plain(9, 0, 0));
        ask(write(1, 0, 0, 2));
        ask(write(2, 0, 0, 3));
        restart();
        assertThat(lastStable()).isEqualTo(1);
        assertThat(partition().isInTransaction(new Producer(2, (short) 0))).isTrue();
        ask(end(1, 0, ABORT));
        assertThat(lastStable()).isEqualTo(3);
        restart();
        assertThat(lastStable()).isEqualTo(3);
        assertThat(partition().aborted().between(0, 3)).containsExactly(new AbortedTransaction(1, 1, 6));
        assertThat(partition().isInTransaction(new Producer(1, (short) 0))).isFalse();
        assertThat(partition().lastMarker(1)).isEqualTo(6);
    }

    @Test
    void markerIsKafkasByteForByte() throws IOException {
        ask(write(7, 4, 0, 1));
        ask(end(7, 4, ABORT));
        ByteBuffer stored;
        try (LogRead read = partition().log().read(1, 1 << 10, true)) {
            stored = read.slice().toBuffer();
        }
        ByteBuffer kafkas = MemoryRecords.withEndTransactionMarker(
                        1, 0, 0, 7, (short) 4, new EndTransactionMarker(ControlRecordType.ABORT, 3))
                .buffer();
        assertThat(stored).isEqualTo(kafkas);
    }

    @Test
    void markerSentAgainIsNotWrittenAgain() throws IOException {
        ask(write(1, 0, 0, 1));
        assertThat(ask(end(1, 0, COMMIT))).isTrue();
        assertThat(ask(end(1, 0, COMMIT))).isFalse();
        restart();
        assertThat(ask(end(1, 0, COMMIT))).isFalse();
        assertThat(partition().log().offsets().highWatermark()).isEqualTo(2);
        ask(write(1, 0, 1, 1)); // the next transaction of the same epoch is ended by a marker of its own
        assertThat(ask(end(1, 0, COMMIT))).isTrue();
    }

    @Test
    void markerOfAHigherEpochFencesTheProducerAlsoWhereItHasWrittenNothing() {
        ask(end(1, 5, ABORT));
        assertThat(refusalOf(write(1, 4, 0, 1))).isEqualTo(Refusal.STALE_PRODUCER_EPOCH);
        assertThat(refusalOf(write(1, 5, 1, 1))).isEqualTo(Refusal.OUT_OF_ORDER_SEQUENCE);
        ask(write(1, 5, 0, 1));
        assertThat(refusalOf(end(1, 4, COMMIT))).isEqualTo(Refusal.STALE_PRODUCER_EPOCH);
        assertThat(refusalOf(end(1, 5, new EndMarker(true, 2)))).isEqualTo(Refusal.COORDINATOR_FENCED);
        assertThat(lastStable()).isEqualTo(1);
    }

    @Test
    void batchThatComesAfterTheEndOfItsTransactionIsRefused() {
        AppendInTransaction late = write(1, 0, 1, 1); // looked up while the transaction was open
        ask(write(1, 0, 0, 1));
        ask(end(1, 0, ABORT));
        assertThat(refusalOf(late)).isEqualTo(Refusal.INVALID_TRANSACTION_STATE);
        assertThat(lastStable()).isEqualTo(2);
    }

    @Test
    void repetitionIsAnsweredAsTheFirstTimeEvenAfterTheEnd() {
        AppendInTransaction first = write(1, 0, 0, 2);
        AppendResult taken = ask(first);
        ask(end(1, 0, COMMIT));
        AppendInTransaction again = new AppendInTransaction(TOPIC, 0, -1, batch(true, 1, 0, 0, 2));
        assertThat(ask(again).baseOffset()).isEqualTo(taken.baseOffset());
        assertThat(lastStable()).isEqualTo(3);
    }

    @Test
    void batchOutsideAnOpenTransactionOfItsProducerIsRefused() {
        ask(write(1, 0, 0, 1));
        assertThat(refusalOf(plain(1, 0, 1))).isEqualTo(Refusal.INVALID_TRANSACTION_STATE);
        ask(end(1, 0, COMMIT));
        ask(plain(1, 0, 1));
    }

    @Test
    void abortedAreThoseThatReachIntoTheRangeAndNoOthers() {
        ask(write(1, 0, 0, 2)); // 0..1
        ask(write(2, 0, 0, 1)); // 2
        ask(end(2, 0, ABORT)); // 3
        ask(plain(9, 0, 0)); // 4
        ask(end(1, 0, ABORT)); // 5
        ask(write(1, 0, 2, 1)); // 6
        ask(end(1, 0, COMMIT)); // 7
        ask(write(2, 0, 1, 1)); // 8
        ask(end(2, 0, ABORT)); // 9
        AbortedTransaction inner = new AbortedTransaction(2, 2, 3);
        AbortedTransaction outer = new AbortedTransaction(1, 0, 5);
        AbortedTransaction last = new AbortedTransaction(2, 8, 9);
        AbortedTransactions aborted = partition().aborted();
        assertThat(aborted.between(0, 10)).containsExactly(inner, outer, last);
        assertThat(aborted.between(0, 2)).containsExactly(outer);
        assertThat(aborted.between(4, 5)).containsExactly(outer);
        assertThat(aborted.between(6, 8)).isEmpty();
        assertThat(aborted.between(6, 9)).containsExactly(last);
        assertThat(aborted.between(10, 20)).isEmpty();
    }

    @Test
    void abortedGoWithTheStartOfTheLogAndWithThePartition() throws IOException {
        ask(write(1, 0, 0, 1));
        ask(end(1, 0, ABORT));
        ask(write(1, 0, 1, 1));
        ask(end(1, 0, ABORT));
        group.change(context -> group.state().partitions().advanceLogStart(TOPIC, 0, 2, context));
        ManualExecutor.drain(journal, group.thread());
        assertThat(partition().aborted().between(0, 4)).containsExactly(new AbortedTransaction(1, 2, 3));
        ask(new DeletePartition(TOPIC, 0));
        ask(new CreatePartition(TOPIC, "t", 0));
        restart();
        assertThat(partition().aborted().between(0, 4)).isEmpty();
        assertThat(partition().lastMarker(1)).isEqualTo(-1);
    }

    @Test
    void readersOfCommittedRecordsStopBeforeTheOpenTransaction() throws IOException {
        ask(plain(9, 0, 0));
        ask(write(1, 0, 0, 2));
        ask(plain(9, 0, 1));
        try (LogRead read = partition().log().readCommitted(0, 1 << 20, true)) {
            assertThat(read.slice().offsetCount()).isEqualTo(1);
        }
        try (LogRead read = partition().log().readCommitted(1, 1 << 20, true)) {
            assertThat(read.slice().sizeInBytes()).isZero();
        }
        try (LogRead read = partition().log().read(0, 1 << 20, true)) {
            assertThat(read.slice().offsetCount()).isEqualTo(4);
        }
        ask(end(1, 0, COMMIT));
        try (LogRead read = partition().log().readCommitted(0, 1 << 20, true)) {
            assertThat(read.slice().offsetCount()).isEqualTo(5);
        }
    }

    @Test
    void logStartMayPassAnOpenTransaction() {
        ask(write(1, 0, 0, 2));
        ask(plain(9, 0, 0));
        group.change(context -> group.state().partitions().advanceLogStart(TOPIC, 0, 3, context));
        ManualExecutor.drain(journal, group.thread());
        assertThat(lastStable()).isEqualTo(3);
        ask(end(1, 0, ABORT));
        assertThat(lastStable()).isEqualTo(4);
    }

    @Test
    void coordinatorsRecordsHaveAProducerAndDoNotCount() {
        UUID offsets = new UUID(7, 8);
        ask(new CreatePartition(offsets, "__consumer_offsets", 0));
        PartitionLog log =
                Objects.requireNonNull(group.partitions().find(offsets, 0)).log();
        ask(new Append(offsets, 0, batch(true, 1, 0, 0, 1)));
        ask(new Append(offsets, 0, batch(true, 1, 0, 0, 1)));
        assertThat(log.offsets().lastStable()).isZero();
        ask(new Append(offsets, 0, COMMIT.batch(1, (short) 0, 0)));
        assertThat(log.offsets().lastStable()).isEqualTo(3);
    }
}
