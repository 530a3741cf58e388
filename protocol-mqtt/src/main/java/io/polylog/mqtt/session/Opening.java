package io.polylog.mqtt.session;

import io.netty.channel.EventLoop;
import io.polylog.session.Attachment;
import io.polylog.session.SessionChange;
import io.polylog.session.SessionStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A connection's hold on its client identifier, from CONNECT until what it leaves behind is durable. One that comes later
 * waits until then, so that sessions pass from hand to hand in order. A client that keeps nothing, and has nothing kept,
 * gets its hold at once. Owned by the connection's event loop but for {@link #takenOver} and {@link #released}.
 */
final class Opening {

    private final Sessions sessions;
    private final Handshake handshake;
    private final EventLoop loop;
    private final Events events;
    private final CompletableFuture<@Nullable Void> released = new CompletableFuture<>();
    private boolean opened;
    private boolean abandoned;

    /** What becomes of it, told on the event loop; {@link #takenOver} on any thread. */
    interface Events {
        /**
         * @param attachment empty if nothing of the session outlives the connection
         */
        void opened(Optional<Attachment> attachment);

        /** The session cannot be had now. */
        void failed();

        /** Another connection has come with the same client identifier. */
        void takenOver();
    }

    Opening(Sessions sessions, Handshake handshake, EventLoop loop, Events events) {
        this.sessions = sessions;
        this.handshake = handshake;
        this.loop = loop;
        this.events = events;
    }

    String clientId() {
        return handshake.clientId();
    }

    void takenOver() {
        events.takenOver();
    }

    /** Completes when the client identifier is free. */
    CompletionStage<@Nullable Void> released() {
        return released;
    }

    void start() {
        Opening previous = sessions.claim(this);
        if (previous == null) {
            open();
        } else {
            previous.takenOver(); // MQTT-3.1.4-3
            previous.released().whenComplete((done, failure) -> loop.execute(this::open));
        }
    }

    private void open() {
        if (abandoned) {
            release();
            return;
        }
        SessionStore store = sessions.context().sessions();
        boolean keepsNothing =
                handshake.sessionExpirySeconds() == 0 && handshake.will().isEmpty();
        boolean isKept = store.isKept(handshake.clientId());
        if (keepsNothing && !isKept) {
            finish(Optional.empty());
        } else if (keepsNothing && handshake.cleanStart()) {
            store.end(handshake.clientId())
                    .whenComplete((done, failure) -> loop.execute(() -> opened(Optional.empty(), failure)));
        } else {
            store.open(
                            handshake.clientId(),
                            handshake.cleanStart(),
                            Handshake.expiryMs(handshake.sessionExpirySeconds()),
                            handshake.will().map(Will::testament))
                    .whenComplete((attachment, failure) ->
                            loop.execute(() -> opened(Optional.ofNullable(attachment), failure)));
        }
    }

    private void opened(Optional<Attachment> attachment, @Nullable Throwable failure) {
        if (abandoned) {
            depart(attachment, Handshake.expiryMs(handshake.sessionExpirySeconds()), true, List.of(), Optional.empty());
        } else if (failure != null) {
            opened = true;
            release();
            events.failed();
        } else {
            finish(attachment);
        }
    }

    private void finish(Optional<Attachment> attachment) {
        opened = true;
        events.opened(attachment);
    }

    /** The connection ends before it is opened. */
    void abandon() {
        if (!opened) {
            abandoned = true;
        }
    }

    /**
     * Leaves the session, then gives the client identifier back.
     *
     * @param heirs hear in between
     */
    void depart(
            Optional<Attachment> attachment,
            long expiryMs,
            boolean testamentStands,
            List<List<SessionChange>> changes,
            Optional<Departure.Heirs> heirs) {
        SessionStore store = sessions.context().sessions();
        attachment.ifPresentOrElse(
                kept -> new Departure(store, kept, expiryMs, testamentStands, changes, heirs, loop, this::release)
                        .run(),
                () -> {
                    heirs.ifPresent(told -> told.left(true));
                    release();
                });
    }

    private void release() {
        sessions.release(this);
        released.complete(null);
    }
}
