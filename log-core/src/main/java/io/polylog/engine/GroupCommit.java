package io.polylog.engine;

import io.polylog.broker.Refusal;
import io.polylog.metric.Meters;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal thread: while one write is on its way to the disk the next proposals gather, then all of them go with the
 * next write and its one force, whatever groups and partitions they are for.
 *
 * <p>If the journal fails nothing more is accepted: everything waiting fails with {@code STORAGE_FAILED}, and {@code
 * onFailure} is told, which stops the process.
 */
final class GroupCommit implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);

    private final ProposalQueue queue = new ProposalQueue();
    private final Journal journal;
    private final Checkpointer checkpointer;
    private final EpochClock clock;
    private final NanoClock nanoClock;
    private final FailureListener onFailure;
    private final Meters.Timer writeTimer;
    private final Thread thread;
    private volatile boolean failed;

    GroupCommit(
            Journal journal,
            Checkpointer checkpointer,
            EpochClock clock,
            NanoClock nanoClock,
            Meters meters,
            FailureListener onFailure) {
        this.journal = journal;
        this.checkpointer = checkpointer;
        this.clock = clock;
        this.nanoClock = nanoClock;
        this.onFailure = onFailure;
        this.writeTimer = meters.timer("polylog_journal_write_seconds");
        meters.gauge("polylog_journal_pending_bytes", queue::pendingBytes);
        this.thread = new Thread(this, "polylog-journal");
    }

    void start() {
        thread.start();
    }

    void propose(Proposal<?> proposal) {
        switch (queue.offer(proposal)) {
            case TAKEN -> {}
            case FULL -> proposal.fail(Refusal.OVERLOADED, "more is waiting for the disk than the gateway holds");
            case CLOSED -> refuse(proposal);
        }
    }

    private void refuse(Proposal<?> proposal) {
        if (failed) {
            proposal.fail(Refusal.STORAGE_FAILED, "the journal failed; the gateway accepts nothing until restarted");
        } else {
            proposal.fail(Refusal.CLOSED, "the gateway is stopping");
        }
    }

    /** Whether the journal has taken everything it was given. */
    boolean isSound() {
        return !failed;
    }

    /** The proposal has been applied. */
    void done(long bytes) {
        queue.done(bytes);
    }

    @Override
    public void run() {
        try {
            for (List<Proposal<?>> taken = queue.take(); !taken.isEmpty(); taken = queue.take()) {
                commit(taken);
            }
        } catch (InterruptedException interrupted) {
            log.warn("journal thread interrupted");
            queue.close();
        } catch (Exception failure) {
            fail(failure);
        }
    }

    private void commit(List<Proposal<?>> taken) throws IOException, InterruptedException {
        List<Chunk> chunks = chunks(taken);
        long timeMs = clock.timeMs();
        List<Entry> entries = new ArrayList<>(chunks.size());
        for (Chunk chunk : chunks) {
            entries.add(chunk.group.nextEntry(timeMs, chunk.commands));
        }
        long startedAt = nanoClock.nanoTime();
        long bytes;
        try {
            bytes = journal.write(entries);
        } catch (Exception failure) {
            failed = true;
            taken.forEach(this::refuse);
            throw failure;
        }
        writeTimer.record(nanoClock.nanoTime() - startedAt);
        for (int i = 0; i < entries.size(); i++) {
            Chunk chunk = chunks.get(i);
            chunk.group.committed(entries.get(i), chunk.proposals);
        }
        checkpointer.wrote(bytes);
    }

    private static List<Chunk> chunks(List<Proposal<?>> taken) {
        List<Chunk> chunks = new ArrayList<>(1);
        Map<LocalReplicaGroup, Chunk> open = new HashMap<>();
        for (Proposal<?> proposal : taken) {
            Chunk chunk = open.get(proposal.group());
            if (chunk == null || !chunk.hasRoomFor(proposal)) {
                chunk = new Chunk(proposal.group());
                open.put(proposal.group(), chunk);
                chunks.add(chunk);
            }
            chunk.add(proposal);
        }
        return chunks;
    }

    /** What becomes one entry. */
    private static final class Chunk {
        private final LocalReplicaGroup group;
        private final List<Proposal<?>> proposals = new ArrayList<>();
        private final List<Command<?>> commands = new ArrayList<>();
        private long bytes;

        Chunk(LocalReplicaGroup group) {
            this.group = group;
        }

        boolean hasRoomFor(Proposal<?> proposal) {
            return bytes + proposal.sizeInBytes() <= Entry.MAX_BYTES && proposals.size() < Entry.MAX_COMMANDS;
        }

        void add(Proposal<?> proposal) {
            proposals.add(proposal);
            commands.add(proposal.command());
            bytes += proposal.sizeInBytes();
        }
    }

    private void fail(Exception failure) {
        failed = true;
        queue.close();
        try {
            for (List<Proposal<?>> rest = queue.take(); !rest.isEmpty(); rest = queue.take()) {
                rest.forEach(this::refuse);
            }
        } catch (InterruptedException interrupted) {
            log.warn("interrupted while refusing what waits for the failed journal");
        }
        onFailure.failed("the journal failed", failure);
    }

    /** Commits what was proposed before, then stops. */
    void close() throws IOException {
        queue.close();
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        journal.close();
    }
}
