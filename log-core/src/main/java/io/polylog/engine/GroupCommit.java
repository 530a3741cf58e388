package io.polylog.engine;

import io.polylog.broker.Refusal;
import io.polylog.disk.NoSpaceException;
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
 * <p>A full disk is not a failure: the journal is as it was, the proposals of that write fail with {@code DISK_FULL}, and
 * the next are tried. If the journal fails nothing more is accepted: everything waiting and everything later fails with
 * {@code STORAGE_FAILED}, and {@code onFailure} is told.
 */
final class GroupCommit implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);

    private final ProposalQueue queue = new ProposalQueue();
    private final Journal journal;
    private final Checkpointer checkpointer;
    private final DiskSpace space;
    private final EpochClock clock;
    private final NanoClock nanoClock;
    private final FailureListener onFailure;
    private final Meters.Timer writeTimer;
    private final Meters.Counter refusedForSpace;
    private final Meters.Counter refusedForFailure;
    private final Thread thread;
    private volatile boolean failed;

    GroupCommit(
            Journal journal,
            Checkpointer checkpointer,
            DiskSpace space,
            EpochClock clock,
            NanoClock nanoClock,
            Meters meters,
            FailureListener onFailure) {
        this.journal = journal;
        this.checkpointer = checkpointer;
        this.space = space;
        this.clock = clock;
        this.nanoClock = nanoClock;
        this.onFailure = onFailure;
        this.writeTimer = meters.timer("polylog_journal_write_seconds");
        this.refusedForSpace = meters.counter("polylog_writes_refused_total", "reason", "disk_full");
        this.refusedForFailure = meters.counter("polylog_writes_refused_total", "reason", "storage_failed");
        meters.gauge("polylog_journal_pending_bytes", queue::pendingBytes);
        meters.gauge("polylog_journal_failed", () -> failed ? 1 : 0);
        this.thread = new Thread(this, "polylog-journal");
    }

    void start() {
        thread.start();
    }

    void propose(Proposal<?> proposal, Growth growth) {
        if (!failed && !space.admits(growth)) {
            refuseForSpace(proposal);
            return;
        }
        // Counted before it can be done with.
        space.accepted(proposal.sizeInBytes());
        ProposalQueue.Offer offer = queue.offer(proposal);
        if (offer != ProposalQueue.Offer.TAKEN) {
            space.done(proposal.sizeInBytes());
        }
        switch (offer) {
            case TAKEN -> {}
            case FULL -> proposal.fail(Refusal.OVERLOADED, "more is waiting for the disk than the gateway holds");
            case CLOSED -> refuse(proposal);
        }
    }

    private void refuseForSpace(Proposal<?> proposal) {
        refusedForSpace.add(1);
        proposal.fail(Refusal.DISK_FULL, "the disk is full: writes are refused until there is room");
    }

    private void refuse(Proposal<?> proposal) {
        if (failed) {
            refusedForFailure.add(1);
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
        space.done(bytes);
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
        } catch (NoSpaceException full) {
            takeBack(taken, chunks, entries);
            return;
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

    /** The journal had no room for these and is as it was; so are the groups afterwards. */
    private void takeBack(List<Proposal<?>> taken, List<Chunk> chunks, List<Entry> entries) {
        space.ranOut();
        for (int i = chunks.size() - 1; i >= 0; i--) {
            chunks.get(i).group.takeBack(entries.get(i));
        }
        for (Proposal<?> proposal : taken) {
            done(proposal.sizeInBytes());
            refuseForSpace(proposal);
        }
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
        onFailure.journalFailed(failure);
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
