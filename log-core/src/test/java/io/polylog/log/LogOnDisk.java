package io.polylog.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.LogRead;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.disk.Disk;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A log in a directory of its own, open while a test runs, and short ways to write and read it. */
abstract class LogOnDisk {

    static final TopicPartition PARTITION = new TopicPartition(new UUID(1, 2), "orders", 0);
    static final LogSettings SMALL = new LogSettings(2000, 300);

    @TempDir
    Path root;

    Path directory;
    PartitionLog log;

    @BeforeEach
    void create() throws IOException {
        directory = root.resolve("orders-0");
        open(SMALL, LogPosition.EMPTY);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    void open(LogSettings settings, LogPosition end) throws IOException {
        log = PartitionLog.open(Disk.system(), directory, PARTITION, settings, end, 0);
    }

    void append(RecordBatch batch) throws IOException {
        append(batch, 0);
    }

    void append(RecordBatch batch, int epoch) throws IOException {
        log.append(Batches.placed(batch, log.endOffset(), epoch));
    }

    /** 100 batches of three records each, timestamps 1000, 1001, … by batch. */
    void fill() throws IOException {
        for (int i = 0; i < 100; i++) {
            append(Batches.ofSize(3, 20, 1000 + i));
        }
        log.publish();
    }

    List<RecordBatch> batches(long offset, int maxBytes, boolean atLeastOne) throws IOException {
        try (LogRead read = log.read(offset, maxBytes, atLeastOne)) {
            return Batches.in(read.slice().toBuffer());
        }
    }

    static void assertRefused(Refusal refusal, org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(refusal));
    }
}
