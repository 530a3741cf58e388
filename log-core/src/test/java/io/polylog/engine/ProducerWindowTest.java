package io.polylog.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.record.RecordBatch;
import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

class ProducerWindowTest {

    private final ProducerWindow window = new ProducerWindow((short) 0);
    private long nextOffset = 100;

    @Test
    void takesConsecutiveSequences() {
        take(batch(0, 0, 3));
        assertThat(window.check(batch(0, 3, 2))).isNull();
    }

    @Test
    void answersARepetitionWithItsFirstOffset() {
        for (int i = 0; i < 5; i++) {
            take(batch(0, i, 1));
        }
        ProducerWindow.Taken first = window.check(batch(0, 0, 1));
        assertThat(first).isNotNull();
        assertThat(first.baseOffset()).isEqualTo(100);
    }

    @Test
    void refusesAGap() {
        take(batch(0, 0, 1));
        assertRefused(batch(0, 2, 1), Refusal.OUT_OF_ORDER_SEQUENCE);
    }

    @Test
    void callsARepetitionBeforeTheWindowADuplicate() {
        for (int i = 0; i < 6; i++) {
            take(batch(0, i, 1));
        }
        assertRefused(batch(0, 0, 1), Refusal.DUPLICATE_SEQUENCE);
    }

    @Test
    void wrapsSequencesToZero() {
        begin(batch(0, Integer.MAX_VALUE - 1, 2));
        assertThat(window.check(batch(0, 0, 1))).isNull();
    }

    @Test
    void wrapsInsideABatch() {
        begin(batch(0, Integer.MAX_VALUE, 3));
        assertThat(window.check(batch(0, 2, 1))).isNull();
    }

    @Test
    void refusesAnOlderEpoch() {
        take(batch(1, 0, 1));
        assertRefused(batch(0, 1, 1), Refusal.STALE_PRODUCER_EPOCH);
    }

    @Test
    void beginsANewerEpochAtZeroOnly() {
        take(batch(0, 0, 1));
        assertRefused(batch(1, 1, 1), Refusal.OUT_OF_ORDER_SEQUENCE);
        assertThat(window.check(batch(1, 0, 1))).isNull();
    }

    @Test
    void survivesEncoding() {
        take(batch(2, 0, 1));
        take(batch(2, 1, 4));
        ProducerWindow decoded = ProducerWindow.decode(window.encode());
        assertThat(decoded.check(batch(2, 1, 4))).isEqualTo(window.check(batch(2, 1, 4)));
        assertThat(decoded.check(batch(2, 5, 1))).isNull();
        assertThat(decoded.lastTimeMs()).isEqualTo(window.lastTimeMs());
    }

    @Test
    void beginsAtZeroAfterAMarkerOfANewerEpoch() {
        take(batch(0, 0, 1));
        window.marked((short) 1, 1_000);
        assertRefused(batch(0, 1, 1), Refusal.STALE_PRODUCER_EPOCH);
        assertRefused(batch(1, 1, 1), Refusal.OUT_OF_ORDER_SEQUENCE);
        assertThat(window.check(batch(1, 0, 1))).isNull();
    }

    @Test
    void goesOnAfterAMarkerOfItsOwnEpoch() {
        take(batch(0, 0, 1));
        window.marked((short) 0, 1_000);
        assertRefused(batch(0, 2, 1), Refusal.OUT_OF_ORDER_SEQUENCE);
        take(batch(0, 1, 1));
    }

    private void take(RecordBatch batch) {
        assertThat(window.check(batch)).isNull();
        begin(batch);
    }

    /** A producer that is not known may begin with any sequence. */
    private void begin(RecordBatch batch) {
        window.took(batch, nextOffset, 1_000);
        nextOffset += batch.recordCount();
    }

    private void assertRefused(RecordBatch batch, Refusal refusal) {
        assertThatThrownBy(() -> window.check(batch))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(refusal));
    }

    static RecordBatch batch(int epoch, int baseSequence, int count) {
        SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            records[i] = new SimpleRecord(1_000, null, ("value-" + i).getBytes(UTF_8));
        }
        ByteBuffer buffer = MemoryRecords.withIdempotentRecords(
                        Compression.NONE, 7L, (short) epoch, baseSequence, records)
                .buffer();
        return new RecordBatch(buffer);
    }
}
