package io.polylog.mqtt.session;

import io.netty.channel.EventLoop;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.session.Attachment;
import io.polylog.session.SessionChange;
import io.polylog.session.SessionStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes the last changes of a session whose client is gone, and lets go of it. While the disk is overloaded or full it tries again:
 * a session that nobody let go of would never expire before the gateway's next start. Owned by the connection's event loop.
 */
final class Departure {

    private static final long RETRY_MS = 500;

    private final SessionStore store;
    private final Attachment attachment;
    private final long expiryMs;
    private final boolean testamentStands;
    private final List<List<SessionChange>> parts;
    private final EventLoop loop;
    private final Runnable done;
    private Optional<Heirs> heirs;
    private int next;

    /** Share groups whose deliveries the session has taken over. */
    @FunctionalInterface
    interface Heirs {
        /**
         * The session is written but for its departure, so that it is found among those that were attached should the
         * gateway end before this is done; or it cannot be written.
         *
         * @return completes on any thread once the groups have taken note
         */
        CompletionStage<Void> left(boolean written);
    }

    /**
     * @param parts written one after the other, the last one together with the departure if there are no heirs
     * @param heirs told before the departure
     * @param done run on the event loop when all is durable, or cannot be
     */
    Departure(
            SessionStore store,
            Attachment attachment,
            long expiryMs,
            boolean testamentStands,
            List<List<SessionChange>> parts,
            Optional<Heirs> heirs,
            EventLoop loop,
            Runnable done) {
        this.store = store;
        this.attachment = attachment;
        this.expiryMs = expiryMs;
        this.testamentStands = testamentStands;
        this.parts = expiryMs == 0 ? List.of() : parts;
        this.heirs = heirs;
        this.loop = loop;
        this.done = done;
    }

    void run() {
        if (heirs.isPresent() && next >= parts.size()) {
            tell(true).whenComplete((told, failure) -> onLoop(this::run));
            return;
        }
        boolean last = heirs.isEmpty() && next >= parts.size() - 1;
        List<SessionChange> changes = next < parts.size() ? parts.get(next) : List.of();
        CompletionStage<Void> written = last
                ? store.detach(attachment.name(), attachment.id(), expiryMs, testamentStands, changes)
                : store.update(attachment.name(), attachment.id(), changes);
        written.whenComplete((unused, failure) -> onLoop(() -> written(last, failure)));
    }

    private void written(boolean last, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        Refusal refusal = cause instanceof RefusedException refused ? refused.refusal() : null;
        if (refusal == Refusal.OVERLOADED || refusal == Refusal.DISK_FULL) {
            loop.schedule(this::run, RETRY_MS, TimeUnit.MILLISECONDS);
        } else if (failure == null && !last) {
            next++;
            run();
        } else {
            tell(false);
            done.run();
        }
    }

    private CompletionStage<Void> tell(boolean written) {
        Optional<Heirs> told = heirs;
        heirs = Optional.empty();
        return told.map(groups -> groups.left(written)).orElse(CompletableFuture.completedFuture(null));
    }

    private void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException stopping) {
            done.run(); // the gateway is stopping; its next start lets go of all sessions
        }
    }
}
