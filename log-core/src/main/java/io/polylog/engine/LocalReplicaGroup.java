package io.polylog.engine;

import io.polylog.broker.Refusal;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica group of a gateway that is alone: committed when the process's journal says so.
 *
 * <p>{@link #nextEntry} and {@link #committed} are called by the journal thread; applying happens on the apply thread
 * that the group is pinned to.
 */
final class LocalReplicaGroup implements ReplicaGroup {

    private static final Logger log = LoggerFactory.getLogger(LocalReplicaGroup.class);

    /** A gateway that is alone leads every group for ever; terms begin to count with replication. */
    private static final int TERM = 0;

    private final int id;
    private final GroupStateMachine machine;
    private final ApplyThread applyThread;
    private final GroupCommit commit;
    private final DiskSpace space;
    private final FailureListener onFailure;
    private long lastIndex;
    private boolean broken;

    LocalReplicaGroup(
            int id,
            GroupStateMachine machine,
            ApplyThread applyThread,
            GroupCommit commit,
            DiskSpace space,
            FailureListener onFailure) {
        this.id = id;
        this.machine = machine;
        this.applyThread = applyThread;
        this.commit = commit;
        this.space = space;
        this.onFailure = onFailure;
        this.lastIndex = machine.appliedIndex();
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public int term() {
        return TERM;
    }

    @Override
    public <R> CompletionStage<R> propose(Command<R> command) {
        return propose(command, command.growth());
    }

    @Override
    public <R> CompletionStage<R> propose(Command<R> command, Growth growth) {
        Proposal<R> proposal = new Proposal<>(this, command);
        if (proposal.sizeInBytes() > JournalFrame.MAX_COMMAND_BYTES) {
            proposal.fail(
                    Refusal.BATCH_TOO_LARGE,
                    "a write of " + proposal.sizeInBytes() + " bytes; at most " + JournalFrame.MAX_COMMAND_BYTES);
        } else {
            commit.propose(proposal, growth);
        }
        return proposal.reply();
    }

    @Override
    public Executor executor() {
        return applyThread;
    }

    @Override
    public boolean isOwner() {
        return applyThread.isCurrent();
    }

    Entry nextEntry(long timeMs, List<Command<?>> commands) {
        return new Entry(id, ++lastIndex, TERM, timeMs, commands);
    }

    /** The newest entry was never written: its index is given again. */
    void takeBack(Entry entry) {
        if (entry.index() != lastIndex) {
            throw new IllegalStateException(
                    "entry " + entry.index() + " of group " + id + " is not the last, " + lastIndex + " is");
        }
        lastIndex--;
    }

    void committed(Entry entry, List<Proposal<?>> proposals) {
        applyThread.execute(() -> apply(entry, proposals));
    }

    private void apply(Entry entry, List<Proposal<?>> proposals) {
        long bytes = 0;
        for (Proposal<?> proposal : proposals) {
            bytes += proposal.sizeInBytes();
        }
        try {
            if (broken) {
                refuse(proposals);
                return;
            }
            List<Outcome> outcomes = machine.apply(entry);
            for (int i = 0; i < outcomes.size(); i++) {
                proposals.get(i).complete(outcomes.get(i));
            }
        } catch (Exception | Error failure) { // whatever it is, the state may be half changed: fail-stop
            broken = true;
            refuse(proposals);
            if (space.isClosed()) { // it waited for room on the disk; the journal has it for the next start
                log.atWarn().addKeyValue("group", id).log("stopped while the disk is full: the rest is applied later");
                return;
            }
            onFailure.failed("applying entry " + entry.index() + " of group " + id + " failed", failure);
        } finally {
            commit.done(bytes);
        }
    }

    private void refuse(List<Proposal<?>> proposals) {
        for (Proposal<?> proposal : proposals) {
            proposal.fail(Refusal.STORAGE_FAILED, "replica group " + id + " stopped after a failure");
        }
    }
}
