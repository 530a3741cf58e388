package io.polylog.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.fake.ManualExecutor;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntSupplier;

/** Polls when told that something is ready, until nothing is, as a protocol does. */
final class Consumer {

    final ManualExecutor owner = new ManualExecutor();
    final List<Long> offsets = new ArrayList<>();
    final List<String> values = new ArrayList<>();
    final Cursor cursor;
    private final IntSupplier batchSize;
    private int wakeUps;
    private boolean closed;

    Consumer(Dispatcher dispatcher, TopicPartition partition, long offset, IntSupplier batchSize) {
        this.batchSize = batchSize;
        this.cursor = dispatcher.open(partition, offset, owner, this::ready);
    }

    void start() {
        owner.execute(this::pump);
    }

    private void ready() {
        if (closed || !owner.isRunning()) {
            throw new AssertionError("onReady after close, or not on the owner");
        }
        wakeUps++;
        pump();
    }

    private void pump() {
        if (closed) {
            return;
        }
        List<StoredRecord> polled = cursor.poll(batchSize.getAsInt());
        for (StoredRecord record : polled) {
            offsets.add(record.offset());
            values.add(new String(Objects.requireNonNull(record.record().value()), UTF_8));
        }
        if (!polled.isEmpty()) {
            owner.execute(this::pump);
        }
    }

    void close() {
        closed = true;
        cursor.close();
    }

    int wakeUps() {
        return wakeUps;
    }
}
