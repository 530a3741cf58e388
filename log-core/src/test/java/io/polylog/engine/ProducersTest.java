package io.polylog.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.kv.KvBatch;
import io.polylog.record.RecordBatch;
import java.time.Duration;
import java.util.UUID;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

class ProducersTest {

    private static final UUID TOPIC = new UUID(1, 2);

    private final OpenTransactions transactions = new OpenTransactions(TOPIC, 0);
    private final Producers producers = new Producers(TOPIC, 0, transactions);
    private long nowMs = 1_700_000_000_000L;

    @Test
    void theSilentOnesMakeRoomAndTransactionsStay() {
        write(0, true); // older than all, and its transaction is open
        for (long id = 1; id <= Producers.MOST; id++) {
            write(id, false);
        }

        assertThat(producers.all()).hasSizeBetween(Producers.MOST * 9 / 10, Producers.MOST);
        assertThat(producers.lastOffsets())
                .containsKeys(0L, (long) Producers.MOST)
                .doesNotContainKeys(1L, 2L);
        assertThat(repeated(1))
                .as("a stranger now, who may begin with any sequence")
                .isFalse();
        assertThat(repeated(Producers.MOST)).isTrue();
    }

    @Test
    void whoWritesStays() {
        for (long id = 1; id <= Producers.MOST; id++) {
            write(id, false);
            if (id == Producers.MOST / 2) {
                producers.marked(1, (short) 0, context());
            }
        }
        write(0, false);

        assertThat(producers.lastOffsets()).containsKey(0L).doesNotContainKey(2L);
        assertThat(producers.all()).anyMatch(active -> active.producer().id() == 1);
    }

    @Test
    void aDayOfSilenceIsForgotten() {
        write(1, false);
        nowMs += Duration.ofDays(1).toMillis();
        assertThat(repeated(1)).isTrue();
        nowMs++;

        assertThat(repeated(1)).isFalse();
    }

    private void write(long producerId, boolean transactional) {
        RecordBatch batch = batch(producerId, transactional);
        ApplyContext context = context();
        producers.took(batch, producerId, context);
        transactions.took(batch, producerId, context);
    }

    private boolean repeated(long producerId) {
        return producers.check(batch(producerId, false), new ApplyContext(1, 0, nowMs, new KvBatch())) != null;
    }

    /** Of an entry a millisecond after the one before. */
    private ApplyContext context() {
        return new ApplyContext(1, 0, ++nowMs, new KvBatch());
    }

    private static RecordBatch batch(long producerId, boolean transactional) {
        SimpleRecord record = new SimpleRecord("v".getBytes(UTF_8));
        MemoryRecords records = transactional
                ? MemoryRecords.withTransactionalRecords(Compression.NONE, producerId, (short) 0, 0, record)
                : MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, (short) 0, 0, record);
        return new RecordBatch(records.buffer());
    }
}
