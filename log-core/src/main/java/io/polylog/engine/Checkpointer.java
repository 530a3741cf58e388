package io.polylog.engine;

import io.polylog.metric.Meters;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoint thread: after so many bytes of journal, or so long if anything was written, it checkpoints every group
 * with new entries, the one that keeps the oldest file of the journal first, and lets go of the files that none needs. So
 * the journal, and what a start has to replay, stay within a few times that many bytes however large the data.
 *
 * <p>A checkpoint that fails is reported and tried again with the next round; until then nothing is deleted.
 */
final class Checkpointer implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Checkpointer.class);

    /** The journal holds at most so many times the bytes of a round while one is under way. */
    private static final int MAX_JOURNAL_ROUNDS = 2;

    private final List<GroupCheckpoint> groups;
    private final JournalFiles files;
    private final JournalSpares spares;
    private final Path journalDirectory;
    private final EngineSettings settings;
    private final NanoClock clock;
    private final Meters.Timer timer;
    private final Meters.Counter failures;
    private final Thread thread;

    /** Held during a round, so that there is one at a time. */
    private final ReentrantLock round = new ReentrantLock();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long unchecked;
    private boolean underWay;
    private boolean closed;

    Checkpointer(
            List<GroupCheckpoint> groups,
            JournalFiles files,
            JournalSpares spares,
            Path journalDirectory,
            EngineSettings settings,
            NanoClock clock,
            Meters meters) {
        this.groups = List.copyOf(groups);
        this.files = files;
        this.spares = spares;
        this.journalDirectory = journalDirectory;
        this.settings = settings;
        this.clock = clock;
        this.timer = meters.timer("polylog_checkpoint_seconds");
        this.failures = meters.counter("polylog_checkpoint_failures_total");
        meters.gauge("polylog_journal_bytes", files::bytes);
        this.thread = new Thread(this, "polylog-checkpoint");
    }

    /**
     * @param replayedBytes of journal that no checkpoint holds yet
     */
    void start(long replayedBytes) {
        unchecked = replayedBytes;
        thread.start();
    }

    /**
     * So many bytes were written to the journal. Journal thread; waits for a round that is under way if the journal has
     * become too long, so that a disk too slow for both is not filled with journal.
     */
    void wrote(long bytes) throws InterruptedException {
        lock.lock();
        try {
            unchecked += bytes;
            if (unchecked >= settings.checkpointBytes()) {
                changed.signalAll();
            }
            while (underWay && !closed && files.bytes() > MAX_JOURNAL_ROUNDS * settings.checkpointBytes()) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        try {
            while (awaitWork()) {
                round();
            }
        } catch (InterruptedException interrupted) {
            log.warn("checkpoint thread interrupted: no more checkpoints");
        }
    }

    /** Waits until a round is due; false once closed. */
    private boolean awaitWork() throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(settings.checkpointIntervalMs());
            while (!closed && unchecked < settings.checkpointBytes() && (left > 0 || unchecked == 0)) {
                if (left <= 0) {
                    left = TimeUnit.MILLISECONDS.toNanos(settings.checkpointIntervalMs());
                }
                left = changed.awaitNanos(left);
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Checkpoints every group that has new entries, now, and trims the journal. Waits for a round that is under way.
     *
     * @return whether all of it worked
     */
    boolean round() {
        round.lock();
        try {
            begin();
            boolean all = checkpointAll();
            if (!all) {
                tryAgain();
            }
            return all;
        } finally {
            end();
            round.unlock();
        }
    }

    private void begin() {
        lock.lock();
        try {
            underWay = true;
            unchecked = 0;
        } finally {
            lock.unlock();
        }
    }

    /** After the interval, even if nothing more is written: a full disk may take no more until the journal is trimmed. */
    private void tryAgain() {
        lock.lock();
        try {
            unchecked = Math.max(unchecked, 1);
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            underWay = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean checkpointAll() {
        long startedAt = clock.nanoTime();
        long bytesBefore = files.bytes();
        boolean all = true;
        int taken = 0;
        for (GroupCheckpoint group : oldestFirst()) {
            try {
                taken += group.take() ? 1 : 0;
                trim();
            } catch (IOException | RuntimeException failed) {
                all = false;
                failures.add(1);
                log.atError()
                        .addKeyValue("group", group.group())
                        .addKeyValue("since", group.durableIndex())
                        .setCause(failed)
                        .log("checkpoint failed: the journal is kept, and it is tried again");
            }
        }
        if (taken > 0) {
            long nanos = clock.nanoTime() - startedAt;
            timer.record(nanos);
            log.atDebug()
                    .addKeyValue("groups", taken)
                    .addKeyValue("trimmed_bytes", bytesBefore - files.bytes())
                    .addKeyValue("journal_bytes", files.bytes())
                    .addKeyValue("ms", TimeUnit.NANOSECONDS.toMillis(nanos))
                    .log("checkpoint");
        }
        return all;
    }

    private List<GroupCheckpoint> oldestFirst() {
        Map<GroupCheckpoint, Long> firstNeeded = new HashMap<>();
        groups.forEach(group -> firstNeeded.put(group, files.firstNeeded(group.group(), group.durableIndex())));
        List<GroupCheckpoint> ordered = new ArrayList<>(groups);
        ordered.sort(Comparator.comparing(firstNeeded::get));
        return ordered;
    }

    private void trim() throws IOException {
        for (long file : files.covered(group -> groups.get(group).durableIndex())) {
            spares.keep(Journal.file(journalDirectory, file));
            files.removed(file);
        }
    }

    /** Stops; a round under way is finished. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
