package io.polylog.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.LogRead;
import io.polylog.disk.FrugalDisk;
import io.polylog.log.LogPosition;
import io.polylog.log.LogSettings;
import io.polylog.log.PartitionLog;
import io.polylog.metric.Meters;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs with many segments, of which few files may be open. */
class FewOpenFilesTest {

    private static final int MOST_OPEN = 4;
    private static final int LOGS = 20;
    private static final int BATCHES = 50;

    /** Each batch begins a segment. */
    private static final LogSettings SETTINGS = new LogSettings(1, 1);

    @TempDir(factory = RamDirectory.class)
    Path root;

    private final List<PartitionLog> logs = new ArrayList<>();
    private FaultyDisk below;

    @BeforeEach
    void fill() throws IOException {
        below = new FaultyDisk(root);
        FrugalDisk disk = new FrugalDisk(below, MOST_OPEN, Meters.none());
        for (int i = 0; i < LOGS; i++) {
            TopicPartition id = new TopicPartition(new UUID(0, 1), "t", i);
            logs.add(PartitionLog.open(disk, root.resolve("log-" + i), id, SETTINGS, LogPosition.EMPTY, 0));
        }
        for (int offset = 0; offset < BATCHES; offset++) {
            for (PartitionLog log : logs) {
                RecordBatch batch = RecordBatch.encode(
                        List.of(new Record(null, ("v" + offset).getBytes(UTF_8), 1000, Headers.EMPTY)));
                batch.place(offset, 0);
                log.append(batch);
            }
        }
        logs.forEach(PartitionLog::publish);
    }

    @AfterEach
    void close() throws IOException {
        for (PartitionLog log : logs) {
            log.close();
        }
        assertThat(below.openFiles()).isZero();
    }

    @Test
    void areReadWhereverTheyAre() throws IOException {
        for (int offset = 0; offset < BATCHES; offset++) {
            for (PartitionLog log : logs) {
                try (LogRead read = log.read(offset, 1000, true)) {
                    assertThat(transferred(read)).contains("v" + offset);
                }
            }
        }
        assertThat(below.openFiles()).isLessThanOrEqualTo(MOST_OPEN);
    }

    @Test
    void sendWhatWasDeletedWhileItWasSent() throws IOException {
        try (LogRead deleted = logs.get(0).read(7, 1000, true);
                LogRead retired = logs.get(1).read(3, 1000, true)) {
            readAllOf(logs.get(2));
            logs.get(0).delete();
            logs.get(1).advanceLogStart(10);
            logs.get(1).publish();
            logs.get(1).removeRetired(logs.get(1).retiredSegments());
            readAllOf(logs.get(3));
            assertThat(transferred(deleted)).contains("v7");
            assertThat(transferred(retired)).contains("v3");
        }
        assertThat(below.exists(root.resolve("log-0"))).isFalse();
    }

    @Test
    void areForcedAtLast() throws IOException {
        for (PartitionLog log : logs) {
            log.force();
        }
        below.forceDirectory(root);
        below.crash(new Random(1));
        for (int i = 0; i < LOGS; i++) {
            LogPosition end = logs.get(i).position();
            logs.set(
                    i,
                    PartitionLog.open(
                            new FrugalDisk(below, MOST_OPEN, Meters.none()),
                            root.resolve("log-" + i),
                            new TopicPartition(new UUID(0, 1), "t", i),
                            SETTINGS,
                            end,
                            0));
            readAllOf(logs.get(i));
        }
    }

    private static void readAllOf(PartitionLog log) throws IOException {
        for (int offset = 0; offset < BATCHES; offset++) {
            try (LogRead read = log.read(offset, 1000, true)) {
                assertThat(transferred(read)).contains("v" + offset);
            }
        }
    }

    private static String transferred(LogRead read) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        read.slice().transferTo(Channels.newChannel(bytes), 0, read.slice().sizeInBytes());
        return bytes.toString(UTF_8);
    }
}
