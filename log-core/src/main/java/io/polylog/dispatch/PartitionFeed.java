package io.polylog.dispatch;

import io.polylog.broker.Fetcher;
import io.polylog.broker.Isolation;
import io.polylog.broker.LogRead;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Registration;
import io.polylog.metric.Meters;
import io.polylog.record.InvalidBatchException;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all cursors of one partition and isolation share: one registration for news, one read for all that want the same
 * offset, and the partition's decoded batches. Markers are batches without records, and so is what was aborted for those who
 * read what is committed; what is undecided does not come to them.
 *
 * <p>State is owned by a serial executor on the reader pool. Lives from the first open cursor to the last close. A
 * partition that is gone ends every cursor; bytes that cannot be decoded end those that need them.
 */
final class PartitionFeed {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionFeed.class);

    private final TopicPartition partition;
    private final Isolation isolation;
    private final Fetcher fetcher;
    private final DispatchLimits limits;
    private final BatchCache.Slot cache;
    private final Executor serial;
    private final Meters.Counter decoded;
    private final Runnable onCursorClosed;
    private final AtomicBoolean advancePosted = new AtomicBoolean();

    private final Set<FeedCursor> cursors = new HashSet<>();
    private final Map<FeedCursor, Want> atTail = new LinkedHashMap<>();
    private final Map<Long, List<Want>> loading = new HashMap<>();
    private final Queue<Want> queued = new ArrayDeque<>();
    private @Nullable Registration watch;
    private boolean ended;

    /** Open cursors; guarded by the dispatcher's map entry. */
    int openCursors;

    PartitionFeed(
            TopicPartition partition,
            Isolation isolation,
            Fetcher fetcher,
            DispatchLimits limits,
            BatchCache.Slot cache,
            Executor readers,
            Meters.Counter decoded,
            Runnable onCursorClosed) {
        this.partition = partition;
        this.isolation = isolation;
        this.fetcher = fetcher;
        this.limits = limits;
        this.cache = cache;
        this.serial = new SerialExecutor(readers);
        this.decoded = decoded;
        this.onCursorClosed = onCursorClosed;
    }

    TopicPartition partition() {
        return partition;
    }

    // From any thread.

    void open(FeedCursor cursor) {
        serial.execute(() -> admit(cursor));
    }

    void want(Want want) {
        serial.execute(() -> serve(want));
    }

    void end(String reason) {
        serial.execute(() -> endAll(reason));
    }

    void close(FeedCursor cursor) {
        serial.execute(() -> dismiss(cursor));
        onCursorClosed.run();
    }

    /** Called when the dispatcher has forgotten this feed: no cursor is open. */
    void stop() {
        serial.execute(() -> {
            endAll("no reader");
            cache.clear();
        });
    }

    // On the serial executor.

    private void admit(FeedCursor cursor) {
        if (ended) {
            cursor.end();
            return;
        }
        cursors.add(cursor);
        if (watch == null) {
            try {
                watch = fetcher.watch(partition, this::onAdvance);
            } catch (RefusedException gone) {
                endAll(String.valueOf(gone.getMessage()));
            }
        }
    }

    private void dismiss(FeedCursor cursor) {
        cursors.remove(cursor);
        atTail.remove(cursor);
    }

    /** On an apply thread: however often it is called, one look at the partition is on its way. */
    private void onAdvance() {
        if (advancePosted.compareAndSet(false, true)) {
            serial.execute(this::advanced);
        }
    }

    private void advanced() {
        advancePosted.set(false); // before looking, so that a later advance makes another look
        if (atTail.isEmpty() || ended) {
            return;
        }
        List<Want> waiting = new ArrayList<>(atTail.values());
        atTail.clear();
        waiting.forEach(this::serve);
    }

    private void serve(Want want) {
        if (ended || !cursors.contains(want.cursor())) {
            return;
        }
        PartitionOffsets offsets;
        try {
            offsets = fetcher.offsets(partition);
        } catch (RefusedException gone) {
            endAll(String.valueOf(gone.getMessage()));
            return;
        }
        Want wanted = want.at(Math.max(want.offset(), offsets.logStart()));
        if (wanted.offset() >= isolation.end(offsets)) {
            // Looked at after the watch was registered: an advance after this look posts another one.
            atTail.put(wanted.cursor(), wanted);
            return;
        }
        List<DecodedBatch> cached = cache.from(wanted.offset(), wanted.maxRecords(), wanted.maxBytes());
        if (cached.isEmpty()) {
            load(wanted);
        } else {
            deliver(wanted, cached);
        }
    }

    private void deliver(Want want, List<DecodedBatch> batches) {
        if (!want.cursor().deliver(want.offset(), batches)) {
            dismiss(want.cursor());
        }
    }

    private void load(Want want) {
        List<Want> same = loading.get(want.offset());
        if (same != null) {
            same.add(want);
        } else if (loading.size() >= limits.readsPerPartition()) {
            queued.add(want);
        } else {
            List<Want> first = new ArrayList<>(1);
            first.add(want);
            loading.put(want.offset(), first);
            read(want.offset());
        }
    }

    private void read(long offset) {
        CompletionStage<LogRead> reading;
        try {
            reading = isolation.read(fetcher, partition, offset, limits.readBytes(), true);
        } catch (RefusedException refused) {
            loaded(offset, List.of(), refused);
            return;
        }
        reading.<List<DecodedBatch>>thenApply(read -> decode(read, offset))
                .whenComplete((batches, failure) ->
                        serial.execute(() -> loaded(offset, batches == null ? List.of() : batches, failure)));
    }

    /** On a reader thread. Stops early rather than unfold without bound: what is left is read again when wanted. */
    private List<DecodedBatch> decode(LogRead read, long offset) {
        List<DecodedBatch> batches = new ArrayList<>();
        try (read) {
            ByteBuffer bytes = read.slice().toBuffer();
            int position = bytes.position();
            long unfolded = 0;
            while (bytes.limit() - position >= RecordBatch.OVERHEAD && unfolded < limits.decodedBytes()) {
                int size = RecordBatch.sizeAt(bytes, position);
                if (size < RecordBatch.OVERHEAD || size > bytes.limit() - position) {
                    throw new InvalidBatchException(
                            InvalidBatchException.Reason.CORRUPT,
                            "stored batch of " + size + " bytes with " + (bytes.limit() - position) + " at hand");
                }
                RecordBatch batch = new RecordBatch(bytes.slice(position, size));
                position += size;
                if (batch.lastOffset() >= offset) {
                    DecodedBatch next = DecodedBatch.of(batch, read.aborted());
                    batches.add(next);
                    unfolded += next.sizeInBytes();
                }
            }
        } catch (InvalidBatchException unreadable) {
            if (batches.isEmpty()) {
                throw unreadable;
            } // The next read begins with the bad batch; what precedes it is good.
        } catch (IOException unreadable) {
            throw new RefusedException(Refusal.STORAGE_FAILED, String.valueOf(unreadable.getMessage()));
        }
        decoded.add(batches.size());
        return batches;
    }

    private void loaded(long offset, List<DecodedBatch> batches, @Nullable Throwable failure) {
        List<Want> wants = loading.remove(offset);
        if (wants == null || ended) {
            return;
        }
        if (failure != null) {
            failed(offset, wants, failure);
        } else if (batches.isEmpty()) {
            wants.forEach(this::retry);
        } else {
            batches.forEach(cache::put);
            wants.forEach(want -> {
                if (cursors.contains(want.cursor())) {
                    deliver(want, upTo(want, batches));
                }
            });
        }
        // One place became free; an answer from the cache needs none, so go on until it is taken.
        Want next;
        while (loading.size() < limits.readsPerPartition() && (next = queued.poll()) != null) {
            serve(next);
        }
    }

    private static List<DecodedBatch> upTo(Want want, List<DecodedBatch> batches) {
        long records = 0;
        long bytes = 0;
        int count = 0;
        while (count < batches.size() && records < want.maxRecords() && bytes < want.maxBytes()) {
            records += batches.get(count).recordCount();
            bytes += batches.get(count).sizeInBytes();
            count++;
        }
        return count == batches.size() ? batches : List.copyOf(batches.subList(0, count));
    }

    /**
     * The partition moved between the look and the read: look again, once. A second time the partition has a hole where
     * its offsets say there is none, and the cursor waits for it to grow rather than spin.
     */
    private void retry(Want want) {
        if (!cursors.contains(want.cursor())) {
            return;
        }
        if (want.fruitless() < 1) {
            serve(want.afterFruitlessRead());
        } else {
            atTail.put(want.cursor(), want);
        }
    }

    private void failed(long offset, List<Want> wants, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        // Damage ends those who met it: others of the partition read elsewhere.
        if (cause instanceof RefusedException refused && refused.refusal() != Refusal.STORAGE_FAILED) {
            if (refused.refusal() == Refusal.OFFSET_OUT_OF_RANGE) {
                wants.forEach(this::retry);
            } else {
                endAll(String.valueOf(refused.getMessage()));
            }
            return;
        }
        LOG.atError()
                .addKeyValue("partition", partition)
                .addKeyValue("offset", offset)
                .addKeyValue("reason", String.valueOf(cause.getMessage()))
                .log("stored records cannot be read; their readers stop here");
        wants.forEach(want -> {
            if (cursors.contains(want.cursor())) {
                dismiss(want.cursor());
                want.cursor().end();
            }
        });
    }

    private void endAll(String reason) {
        if (ended) {
            return;
        }
        ended = true;
        if (watch != null) {
            watch.close();
        }
        if (!cursors.isEmpty()) {
            LOG.atDebug()
                    .addKeyValue("partition", partition)
                    .addKeyValue("cursors", cursors.size())
                    .addKeyValue("reason", reason)
                    .log("partition can be read no more");
        }
        cursors.forEach(FeedCursor::end);
        cursors.clear();
        atTail.clear();
        queued.clear();
        loading.clear();
    }
}
