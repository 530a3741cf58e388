package io.polylog.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.AppendResult;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OffsetsPartitionTest {

    private final ArrayDeque<CompletableFuture<AppendResult>> pending = new ArrayDeque<>();
    private final List<RecordBatch> sent = new ArrayList<>();
    private final List<Long> highWatermarks = new ArrayList<>();
    private final List<Throwable> losses = new ArrayList<>();
    private final OffsetsPartition partition = new OffsetsPartition(
            new TopicPartition(new UUID(1, 1), GroupCoordinator.TOPIC, 0),
            (to, batch) -> {
                sent.add(batch);
                pending.add(new CompletableFuture<>());
                return pending.getLast();
            },
            (lost, reason) -> losses.add(reason));

    @BeforeEach
    void open() {
        partition.loaded(10);
        partition.listen((kafkaPartition, offset) -> highWatermarks.add(offset));
    }

    @Test
    void reservesOffsetsAndReportsThemWhenDurable() {
        assertThat(partition.append(records("a", "b"), VerificationGuard.SENTINEL))
                .isEqualTo(12);
        assertThat(highWatermarks).isEmpty();
        assertThat(partition.settled()).isNotDone();

        pending.remove().complete(new AppendResult(10, 0, 0));

        assertThat(highWatermarks).containsExactly(12L);
        assertThat(partition.settled()).isDone();
    }

    @Test
    void joinsWhatWaitsIntoOneBatch() {
        partition.append(records("a"), VerificationGuard.SENTINEL);
        partition.append(records("b"), VerificationGuard.SENTINEL);
        assertThat(partition.append(records("c", "d"), VerificationGuard.SENTINEL))
                .isEqualTo(14);
        assertThat(sent).hasSize(1);

        pending.remove().complete(new AppendResult(10, 0, 0));

        assertThat(sent).hasSize(2);
        assertThat(sent.get(1).decode())
                .extracting(record -> new String(record.record().value()))
                .containsExactly("b", "c", "d");
        pending.remove().complete(new AppendResult(11, 0, 0));
        assertThat(highWatermarks).containsExactly(11L, 14L);
    }

    @Test
    void startsANewBatchWhenTheJoinedOneWouldBeTooLarge() {
        String big = "x".repeat(OffsetsPartition.MAX_BATCH_BYTES / 2);
        partition.append(records("a"), VerificationGuard.SENTINEL);
        partition.append(records(big), VerificationGuard.SENTINEL);
        partition.append(records(big), VerificationGuard.SENTINEL);

        pending.remove().complete(new AppendResult(10, 0, 0));

        assertThat(sent.get(1).recordCount()).isEqualTo(1);
    }

    @Test
    void sendsNothingAfterARefusal() {
        partition.append(records("a"), VerificationGuard.SENTINEL);
        partition.append(records("b"), VerificationGuard.SENTINEL);

        pending.remove().completeExceptionally(new RefusedException(Refusal.OVERLOADED, "later"));

        assertThat(sent).hasSize(1);
        assertThat(losses).hasSize(1);
        assertThat(highWatermarks).isEmpty();
        assertThatThrownBy(() -> partition.append(records("c"), VerificationGuard.SENTINEL))
                .isInstanceOf(NotLeaderOrFollowerException.class);
    }

    @Test
    void isLostWhenABatchLandsElsewhere() {
        partition.append(records("a"), VerificationGuard.SENTINEL);
        pending.remove().complete(new AppendResult(11, 0, 0));
        assertThat(losses).singleElement().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesWhatIsTooMuchToWait() {
        String big = "x".repeat(1024 * 1024);
        partition.append(records("a"), VerificationGuard.SENTINEL);
        for (int i = 0; i < 7; i++) {
            partition.append(records(big), VerificationGuard.SENTINEL);
        }
        assertThatThrownBy(() -> partition.append(records(big), VerificationGuard.SENTINEL))
                .isInstanceOf(NotEnoughReplicasException.class);
    }

    @Test
    void ignoresABatchThatLandsAfterItWasClosed() {
        partition.append(records("a"), VerificationGuard.SENTINEL);
        partition.stopListening();
        pending.remove().completeExceptionally(new RefusedException(Refusal.CLOSED, "stopping"));
        assertThat(losses).isEmpty();
        assertThat(partition.settled()).isDone();
    }

    private static MemoryRecords records(String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(values[i].getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return MemoryRecords.withRecords(Compression.NONE, records);
    }
}
