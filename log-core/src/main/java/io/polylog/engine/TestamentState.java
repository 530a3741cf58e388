package io.polylog.engine;

import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvIterator;
import io.polylog.session.SessionStore;
import io.polylog.session.Testament;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The testaments of one replica group's sessions, each until it is executed or taken back. They outlive their sessions,
 * whose end makes them due. Families {@code testaments} (testament id -> int64 due, int64 delay, text session name) and
 * {@code testament-messages} (testament id -> the message), so that the messages stay out of memory.
 *
 * <p>Changed by the apply thread; deterministic. {@link #all} and {@link #find} answer any thread.
 */
public final class TestamentState {

    static final String FAMILY = "testaments";
    static final String MESSAGES_FAMILY = "testament-messages";

    private final Map<UUID, Pending> pending = new ConcurrentHashMap<>();
    private final Supplier<Optional<KeyValueStore>> store;
    private volatile Consumer<UUID> watcher = id -> {};

    /**
     * A testament without its message.
     *
     * @param name the session it is of
     * @param dueAtMs when it is to be executed; {@link SessionStore#NEVER} while its client is there
     */
    public record Pending(String name, long dueAtMs, long delayMs) {}

    /**
     * @param store what the messages are in, for those who read them; empty while the group has none
     */
    TestamentState(Supplier<Optional<KeyValueStore>> store) {
        this.store = store;
    }

    void load(KeyValueStore from) {
        try (KvIterator rows = from.scan(FAMILY, new byte[0], Encoding.endOfUuidKeys())) {
            while (rows.next()) {
                ByteBuffer value = ByteBuffer.wrap(rows.value());
                long dueAtMs = value.getLong();
                long delayMs = value.getLong();
                pending.put(
                        Encoding.uuid(ByteBuffer.wrap(rows.key())),
                        new Pending(Encoding.text(value), dueAtMs, delayMs));
            }
        }
    }

    /** Gives the id of each testament that has changed or is gone. On the apply thread; must return at once. */
    public void watch(Consumer<UUID> hears) {
        watcher = hears;
    }

    /** A live view of what is not executed yet. */
    public Map<UUID, Pending> all() {
        return Collections.unmodifiableMap(pending);
    }

    public Optional<Pending> pending(UUID id) {
        return Optional.ofNullable(pending.get(id));
    }

    /** A testament with its message. Reads the disk: on the reader pool only. */
    public Optional<Testament> find(UUID id) {
        Pending found = pending.get(id);
        if (found == null) {
            return Optional.empty();
        }
        return store.get()
                .flatMap(rows -> rows.get(MESSAGES_FAMILY, key(id)))
                .map(message -> new Testament(id, found.delayMs, message));
    }

    void add(String name, Testament testament, ApplyContext context) {
        context.changes().put(MESSAGES_FAMILY, key(testament.id()), testament.message());
        put(testament.id(), new Pending(name, SessionStore.NEVER, testament.delayMs()), context);
    }

    /** Its client has gone without taking it back; the session ends {@code expiryMs} from now. */
    void clientGone(UUID id, long nowMs, long expiryMs, ApplyContext context) {
        Pending testament = pending.get(id);
        if (testament != null) {
            due(id, nowMs + Math.min(Math.min(testament.delayMs, expiryMs), Long.MAX_VALUE - nowMs), context);
        }
    }

    /** Its client has come again before the session's end: too late if it is due. */
    void clientCame(UUID id, boolean tookOver, ApplyContext context) {
        Pending testament = pending.get(id);
        if (testament == null) {
            return;
        }
        if (tookOver && testament.delayMs == 0) {
            due(id, context.timeMs(), context);
        } else if (testament.dueAtMs > context.timeMs()) {
            remove(id, context);
        }
    }

    /** It is due no later than {@code dueAtMs}. */
    void due(UUID id, long dueAtMs, ApplyContext context) {
        Pending testament = pending.get(id);
        if (testament != null && testament.dueAtMs > dueAtMs) {
            put(id, new Pending(testament.name, dueAtMs, testament.delayMs), context);
        }
    }

    void remove(UUID id, ApplyContext context) {
        if (pending.remove(id) != null) {
            context.changes().delete(FAMILY, key(id)).delete(MESSAGES_FAMILY, key(id));
            context.afterApply(() -> watcher.accept(id));
        }
    }

    private void put(UUID id, Pending testament, ApplyContext context) {
        pending.put(id, testament);
        ByteBuffer value = ByteBuffer.allocate(2 * Long.BYTES + Encoding.sizeOf(testament.name));
        value.putLong(testament.dueAtMs).putLong(testament.delayMs);
        Encoding.putText(value, testament.name);
        context.changes().put(FAMILY, key(id), value.array());
        context.afterApply(() -> watcher.accept(id));
    }

    private static byte[] key(UUID id) {
        ByteBuffer key = ByteBuffer.allocate(Encoding.UUID_BYTES);
        Encoding.putUuid(key, id);
        return key.array();
    }
}
