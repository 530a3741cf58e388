package io.polylog.engine;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * One ordered command log and the state it makes. Commands of a group are applied one after the other, in the order in
 * which they became durable.
 */
public interface ReplicaGroup {

    /** 0 is the metadata group; data groups count from 1. */
    int id();

    /** Leader epoch of commands proposed now. */
    int term();

    /**
     * Makes a command durable, then applies it. The stage completes on the group's apply thread with the command's
     * reply, after everything the same entry changed is visible. Any thread; never blocks.
     *
     * <p>Fails with {@link io.polylog.broker.RefusedException}: what the command refuses, which changes nothing; {@code
     * OVERLOADED} when more is waiting for the disk than the engine holds; {@code DISK_FULL} when there is no room for it,
     * and nothing was changed; {@code STORAGE_FAILED} when the disk failed and the outcome is unknown; {@code CLOSED}.
     */
    <R> CompletionStage<R> propose(Command<R> command);

    /**
     * Proposes a command of which the caller knows better than {@link Command#growth} how much room it takes. A group that
     * has no disk of its own to watch need not look at it.
     */
    default <R> CompletionStage<R> propose(Command<R> command, Growth growth) {
        return propose(command);
    }

    /** The group's apply thread, for state that lives beside the applied state and has the same owner. */
    Executor executor();

    /** Whether the calling thread is the group's apply thread. */
    boolean isOwner();
}
