package io.polylog.node;

import io.polylog.broker.ProducerIds;
import io.polylog.engine.AllocateProducerIds;
import io.polylog.engine.ReplicaGroup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Gives producer ids from blocks taken from the metadata group, so that most are given without a write. Any thread. */
final class ProducerIdBlocks implements ProducerIds {

    private static final int BLOCK = 1000;

    private final ReplicaGroup metadata;
    private long next;
    private long end;
    private @Nullable CompletableFuture<Void> refill;

    ProducerIdBlocks(ReplicaGroup metadata) {
        this.metadata = metadata;
    }

    @Override
    public synchronized CompletionStage<Long> next() {
        if (next < end) {
            return CompletableFuture.completedFuture(next++);
        }
        CompletableFuture<Void> current = refill;
        if (current == null) {
            current = metadata.propose(new AllocateProducerIds(BLOCK))
                    .thenAccept(this::refilled)
                    .whenComplete((done, failure) -> refillEnded())
                    .toCompletableFuture();
            if (!current.isDone()) {
                refill = current;
            }
        }
        return current.thenCompose(done -> next());
    }

    private synchronized void refilled(long first) {
        next = first;
        end = first + BLOCK;
    }

    private synchronized void refillEnded() {
        refill = null;
    }
}
