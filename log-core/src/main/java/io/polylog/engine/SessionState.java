package io.polylog.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KeyWriter;
import io.polylog.kv.KvIterator;
import io.polylog.session.SessionChange;
import io.polylog.session.SessionRow;
import io.polylog.session.Testament;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one replica group. Their heads are in memory; what they keep is rows only, which apply writes and never
 * reads: whoever is attached knows them. Families:
 *
 * <pre>
 *  sessions      text name                -> {@link SessionHead}
 *  session-rows  text name, row key       -> row value, see {@link SessionRow}
 * </pre>
 *
 * <p>Changed by the apply thread; deterministic. {@link #head}, {@link #heads} and {@link #rows} answer any thread.
 */
public final class SessionState {

    static final String FAMILY = "sessions";
    static final String ROWS_FAMILY = "session-rows";

    private final Map<String, SessionHead> heads = new ConcurrentHashMap<>();
    private final TestamentState testaments;
    private final Supplier<Optional<KeyValueStore>> store;
    private volatile Consumer<String> watcher = name -> {};

    /**
     * @param store what the rows are in, for those who read them; empty while the group has none
     */
    SessionState(Supplier<Optional<KeyValueStore>> store, TestamentState testaments) {
        this.store = store;
        this.testaments = testaments;
    }

    void load(KeyValueStore from) {
        try (KvIterator rows = from.scan(FAMILY, new byte[0], Encoding.endOfTextKeys())) {
            while (rows.next()) {
                heads.put(Encoding.text(ByteBuffer.wrap(rows.key())), SessionHead.decode(rows.value()));
            }
        }
    }

    /** Gives the name of each session that got or lost its client, or has ended. On the apply thread; must return at once. */
    public void watch(Consumer<String> hears) {
        watcher = hears;
    }

    public Optional<SessionHead> head(String name) {
        return Optional.ofNullable(heads.get(name));
    }

    /** All sessions, by name; a live view. */
    public Map<String, SessionHead> heads() {
        return java.util.Collections.unmodifiableMap(heads);
    }

    /** What a session keeps at this moment. Reads the disk: on the reader pool only. */
    public List<SessionRow> rows(String name) {
        Optional<KeyValueStore> from = store.get();
        List<SessionRow> found = new ArrayList<>();
        if (from.isEmpty()) {
            return found;
        }
        byte[] prefix = name(name);
        try (KvIterator rows = from.get().scan(ROWS_FAMILY, prefix, KeyWriter.endOfPrefix(prefix))) {
            while (rows.next()) {
                byte[] key = rows.key();
                byte[] rowKey = java.util.Arrays.copyOfRange(key, prefix.length, key.length);
                found.add(SessionRow.read(rowKey, rows.value()));
            }
        }
        return found;
    }

    /** Answers the head, and whether the session was there before. */
    SessionGrant open(OpenSession wanted, ApplyContext context) {
        SessionHead before = heads.get(wanted.name());
        boolean lives = before != null && before.endsAtMs() > context.timeMs();
        boolean present = lives && !wanted.fresh();
        if (before != null && before.testament() != null) {
            if (present) {
                testaments.clientCame(before.testament(), before.attached(), context);
            } else {
                testaments.due(before.testament(), context.timeMs(), context);
            }
        }
        if (before != null && !present) {
            deleteRows(wanted.name(), context);
        }
        Testament testament = wanted.testament();
        if (testament != null) {
            testaments.add(wanted.name(), testament, context);
        }
        SessionHead head = new SessionHead(
                before != null && present ? before.id() : wanted.attachment(),
                wanted.attachment(),
                true,
                wanted.expiryMs(),
                0,
                testament == null ? null : testament.id());
        put(wanted.name(), head, context);
        return new SessionGrant(head.id(), present);
    }

    void update(String name, UUID attachment, List<SessionChange> changes, ApplyContext context) {
        attached(name, attachment);
        write(name, changes, context);
    }

    void detach(DetachSession gone, ApplyContext context) {
        SessionHead before = attached(gone.name(), gone.attachment());
        long nowMs = context.timeMs();
        UUID testament = before.testament();
        if (testament != null) {
            if (gone.testamentStands()) {
                testaments.clientGone(testament, nowMs, gone.expiryMs(), context);
            } else {
                testaments.remove(testament, context);
                testament = null;
            }
        }
        if (gone.expiryMs() == 0) {
            remove(gone.name(), context);
            return;
        }
        write(gone.name(), gone.changes(), context);
        SessionHead head = new SessionHead(before.id(), before.attachment(), false, gone.expiryMs(), nowMs, testament);
        put(gone.name(), head, context);
    }

    /**
     * @param expired whether it ends only if its time has come
     * @return whether a session has ended
     */
    boolean end(String name, @Nullable UUID attachment, boolean expired, ApplyContext context) {
        SessionHead head = heads.get(name);
        if (head == null
                || (attachment != null && !attachment.equals(head.attachment()))
                || (expired && head.endsAtMs() > context.timeMs())) {
            return false;
        }
        if (head.testament() != null) {
            testaments.due(head.testament(), context.timeMs(), context);
        }
        remove(name, context);
        return true;
    }

    private SessionHead attached(String name, UUID attachment) {
        SessionHead head = heads.get(name);
        if (head == null || !head.attached() || !head.attachment().equals(attachment)) {
            throw new RefusedException(Refusal.NOT_ATTACHED, "the session was taken over or has ended");
        }
        return head;
    }

    private static void write(String name, List<SessionChange> changes, ApplyContext context) {
        for (SessionChange change : changes) {
            byte[] key = rowKey(name, change.key());
            byte[] value = change.value();
            if (value == null) {
                context.changes().delete(ROWS_FAMILY, key);
            } else {
                context.changes().put(ROWS_FAMILY, key, value);
            }
        }
    }

    private void put(String name, SessionHead head, ApplyContext context) {
        heads.put(name, head);
        context.changes().put(FAMILY, name(name), head.encode());
        context.afterApply(() -> watcher.accept(name));
    }

    private void remove(String name, ApplyContext context) {
        heads.remove(name);
        context.changes().delete(FAMILY, name(name));
        context.afterApply(() -> watcher.accept(name));
        deleteRows(name, context);
    }

    private static void deleteRows(String name, ApplyContext context) {
        byte[] prefix = name(name);
        context.changes().deleteRange(ROWS_FAMILY, prefix, KeyWriter.endOfPrefix(prefix));
    }

    private static byte[] name(String name) {
        return new KeyWriter().text(name).toBytes();
    }

    private static byte[] rowKey(String name, byte[] key) {
        byte[] text = name.getBytes(UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + text.length + key.length)
                .putInt(text.length)
                .put(text)
                .put(key)
                .array();
    }
}
