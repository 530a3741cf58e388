package io.polylog.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.LogRead;
import io.polylog.disk.Disk;
import io.polylog.record.RecordBatch;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What compaction keeps of one log, and that it is read as before. */
class CompactionTest extends CompactedLog {

    @Test
    void keepsTheLastRecordOfEachKeyAtItsOffset() throws Exception {
        append("a=1", "b=1");
        append("a=2");
        append("c=1", "b=2", "a=3");
        append("a=4"); // active: not compacted, and does not count

        assertThat(compact()).isTrue();

        assertThat(records(0)).containsExactly("3:c=1", "4:b=2", "5:a=3", "6:a=4");
        assertThat(compact()).isFalse();
    }

    @Test
    void isReadFromEveryOffsetAndAfterARestart() throws Exception {
        for (int i = 0; i < 50; i++) {
            append("k" + i % 7 + "=" + i, "x=" + i);
        }
        append("end=1");
        compact();
        List<String> all = records(0);

        assertThat(all).hasSize(9);
        for (int start = 0; start < 2; start++) {
            for (long offset = 0; offset < log.endOffset(); offset++) {
                long from = offset;
                // A batch comes whole: clients pass over what lies before the offset that they asked for.
                assertThat(records(offset).stream().filter(record -> offset(record) >= from))
                        .as("from %d", offset)
                        .isEqualTo(all.stream()
                                .filter(record -> offset(record) >= from)
                                .toList());
            }
            reopen();
        }
        assertThat(log.offsetForTime(0)).isPresent();
        assertThat(log.offsetOfMaxTimestamp()).isPresent();
    }

    @Test
    void whereReadersStoppedBeforeIsNotWhereTheyGoOn() throws Exception {
        log.close();
        open(new LogSettings(1_000, 100), LogPosition.EMPTY);
        for (int i = 0; i < 30; i++) {
            append("k" + (i % 3 == 0 ? 0 : i) + "=" + i);
        }
        assertThat(records(0)).hasSize(30); // batch by batch, which leaves hints

        compact();

        for (long offset = 29; offset >= 0; offset--) {
            long from = offset;
            assertThat(records(offset))
                    .as("from %d", offset)
                    .allMatch(record -> offset(record) >= from)
                    .contains("29:k29=29");
        }
    }

    @Test
    void joinsSegmentsAndDeletesTheOldFiles() throws Exception {
        for (int i = 0; i < 20; i++) {
            append("k=" + i);
        }
        LogRead underWay = log.read(0, 1, true);

        compact();

        List<String> files = Disk.system().list(root.resolve("log")).stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> name.endsWith(".log"))
                .sorted()
                .toList();
        assertThat(files).containsExactly("00000000000000000000.1.log", "00000000000000000019.log");
        assertThat(Batches.in(underWay.slice().toBuffer())).hasSize(1);
        underWay.close();
    }

    @Test
    void tombstonesStayAsLongAsTheyShallAndTakeTheirKeysAlong() throws Exception {
        append("a=1");
        append("b=1");
        append("a=");
        append("c=1");
        append("end=1");
        compact();
        assertThat(records(0)).containsExactly("1:b=1", "2:a=", "3:c=1", "4:end=1");

        nowMs += 999;
        append("d=1");
        append("end=2");
        compact();
        assertThat(records(0)).contains("2:a=");
        nowMs += 1;
        append("e=1");
        append("end=3");
        compact();
        assertThat(records(0)).containsExactly("1:b=1", "3:c=1", "5:d=1", "6:end=2", "7:e=1", "8:end=3");
    }

    @Test
    void recordsWithoutKeyGo() throws Exception {
        append("=1", "a=1");
        append("=2");
        append("b=1");
        append("end=1");

        compact();

        assertThat(records(0)).containsExactly("1:a=1", "3:b=1", "4:end=1");
    }

    @Test
    void anEmptyBatchTellsWhereWhatWasCompactedEnds() throws Exception {
        append("a=1");
        append("=1");
        append("end=1");

        compact();

        assertThat(batches(0)).extracting(RecordBatch::lastOffset).containsExactly(0L, 1L, 2L);
        assertThat(batches(0).get(1).recordCount()).isZero();
    }

    @Test
    void goesOnInFurtherPassesWhenThereAreMoreKeysThanTheMapTakes() throws Exception {
        for (int i = 0; i < 300; i++) {
            append("k" + i % 150 + "=" + i);
        }
        append("end=1");
        int passes = 0;
        while (compact(ALWAYS, 50 * 24)) {
            passes++;
        }

        assertThat(passes).isGreaterThan(4);
        assertThat(records(0))
                .hasSize(151)
                .allMatch(record -> record.startsWith("300") || record.matches("(1[5-9]|2.).:.*"));
        reopen();
        assertThat(records(0)).hasSize(151);
        assertThat(compact()).isFalse();
    }

    @Test
    void waitsForItsTimeAndForEnoughThatIsNew() throws Exception {
        append("a=1");
        append("a=2");
        append("end=1");
        CompactionRules young = new CompactionRules(0, 9_901, Long.MAX_VALUE, 1_000, 1 << 20);
        assertThat(compact(young, MAP_BYTES)).isFalse(); // the records are of 100, it is 10,000
        nowMs++;
        assertThat(compact(young, MAP_BYTES)).isTrue();

        append("a=3");
        append("end=2");
        CompactionRules choosy = new CompactionRules(0.99, 0, Long.MAX_VALUE, 1_000, 1 << 20);
        assertThat(compact(choosy, MAP_BYTES)).isFalse();
        assertThat(compact(new CompactionRules(0.99, 0, 9_900, 1_000, 1 << 20), MAP_BYTES))
                .isTrue();
    }

    @Test
    void segmentsThatACheckpointHasAsOpenAreNotTouched() throws Exception {
        append("a=1");
        append("a=2");
        append("a=3");

        assertThat(log.compaction(ALWAYS, nowMs)).isEmpty();
        log.settled(1);
        Compacted compacted = log.compaction(ALWAYS, nowMs).orElseThrow().run(MAP_BYTES, Map.of(), bytes -> {});

        assertThat(compacted.replacements()).isEmpty();
        assertThat(compacted.cleanedTo()).isEqualTo(1);
    }

    @Test
    void isGivenUpWhenTheSegmentsWentMeanwhile() throws Exception {
        append("a=1");
        append("a=2");
        append("a=3");
        log.settled(2);
        Compacted compacted = log.compaction(ALWAYS, nowMs).orElseThrow().run(MAP_BYTES, Map.of(), bytes -> {});
        log.advanceLogStart(1);
        log.publish();

        assertThat(log.swap(compacted)).isFalse();
        log.discard(compacted);

        assertThat(records(1)).containsExactly("1:a=2", "2:a=3");
        assertThat(Disk.system().list(root.resolve("log")))
                .noneMatch(file -> file.toString().endsWith(".1.log"));
    }

    @Test
    void leavesNothingBehindWhenItIsStopped() throws Exception {
        append("a=1");
        append("a=2");
        append("a=3");
        log.settled(2);
        Compaction due = log.compaction(ALWAYS, nowMs).orElseThrow();

        assertThatThrownBy(() -> due.run(MAP_BYTES, Map.of(), bytes -> {
                    if (bytes > RecordBatch.OVERHEAD) {
                        throw new InterruptedException("stop");
                    }
                }))
                .isInstanceOf(InterruptedException.class);

        assertThat(records(0)).hasSize(3);
        assertThat(Disk.system().list(root.resolve("log")))
                .noneMatch(file -> file.toString().endsWith(".1.log"));
    }
}
