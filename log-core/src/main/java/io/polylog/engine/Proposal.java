package io.polylog.engine;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import java.util.concurrent.CompletableFuture;

/** A command on its way, and who waits for its reply. */
final class Proposal<R> {

    private final LocalReplicaGroup group;
    private final Command<R> command;
    private final int sizeInBytes;
    private final CompletableFuture<R> reply = new CompletableFuture<>();

    Proposal(LocalReplicaGroup group, Command<R> command) {
        this.group = group;
        this.command = command;
        this.sizeInBytes = CommandCodec.sizeInBytes(command);
    }

    LocalReplicaGroup group() {
        return group;
    }

    Command<R> command() {
        return command;
    }

    int sizeInBytes() {
        return sizeInBytes;
    }

    CompletableFuture<R> reply() {
        return reply;
    }

    /** Completes the reply with what applying gave. */
    @SuppressWarnings("unchecked") // the outcome comes from this proposal's own command
    void complete(Outcome outcome) {
        if (outcome.refused() != null) {
            reply.completeExceptionally(outcome.refused());
        } else {
            reply.complete((R) outcome.reply());
        }
    }

    void fail(Refusal refusal, String message) {
        reply.completeExceptionally(new RefusedException(refusal, message));
    }
}
