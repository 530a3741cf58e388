package io.polylog.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Marks;
import io.polylog.broker.Origin;
import io.polylog.broker.RefusedException;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvBatch;
import io.polylog.kv.KvBudget;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import io.polylog.session.SessionChange;
import io.polylog.session.SessionRow;
import io.polylog.session.SessionStore;
import io.polylog.session.Testament;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions, testaments, origins and retained values: what apply does, and that rows alone bring it back. */
class SessionStateTest {

    private static final UUID TOPIC = new UUID(-7, 7);
    private static final UUID FIRST = new UUID(1, 1);
    private static final UUID SECOND = new UUID(2, 2);
    private static final SessionRow SUBSCRIPTION = new SessionRow.Subscription("a/#", new byte[] {1, 2});
    private static final SessionRow POSITION = new SessionRow.Position(TOPIC, 3, 77);
    private static final SessionRow DELIVERY = new SessionRow.Delivery(9, 4, TOPIC, 3, 70, (byte) 2, (byte) 5, "from");
    private static final SessionRow RECEIPT = new SessionRow.Receipt(12, TOPIC, 1, 33);

    @TempDir
    private Path directory;

    private final KvBudget budget = new KvBudget();
    private KeyValueStore store;
    private TestamentState testaments;
    private SessionState sessions;
    private OriginState origins;
    private RetainedState retained;
    private long nowMs = 1_000_000;

    @BeforeEach
    void open() {
        store = KeyValueStore.open(
                directory.resolve("state"),
                Set.of(
                        SessionState.FAMILY,
                        SessionState.ROWS_FAMILY,
                        TestamentState.FAMILY,
                        TestamentState.MESSAGES_FAMILY,
                        OriginState.FAMILY,
                        RetainedState.FAMILY),
                budget);
        reload();
    }

    @AfterEach
    void close() {
        store.close();
        budget.close();
    }

    private void reload() {
        testaments = new TestamentState(() -> Optional.of(store));
        sessions = new SessionState(() -> Optional.of(store), testaments);
        origins = new OriginState();
        retained = new RetainedState(new Homes(8), () -> Optional.of(store));
        testaments.load(store);
        sessions.load(store);
        origins.load(store);
    }

    private void entry(Consumer<ApplyContext> change) {
        KvBatch changes = new KvBatch();
        ApplyContext context = new ApplyContext(1, 0, nowMs, changes);
        change.accept(context);
        store.write(changes);
        context.runAfterApply();
    }

    private SessionGrant open(UUID attachment, boolean fresh, long expiryMs, Testament testament) {
        SessionGrant[] grant = new SessionGrant[1];
        entry(context ->
                grant[0] = sessions.open(new OpenSession("s", attachment, fresh, expiryMs, testament), context));
        return grant[0];
    }

    private void put(UUID attachment, SessionRow... rows) {
        List<SessionChange> changes =
                List.of(rows).stream().map(SessionChange::put).toList();
        entry(context -> sessions.update("s", attachment, changes, context));
    }

    private void detach(UUID attachment, long expiryMs, boolean testamentStands) {
        entry(context ->
                sessions.detach(new DetachSession("s", attachment, expiryMs, testamentStands, List.of()), context));
    }

    @Test
    void keepsItsRowsForTheNextClient() {
        assertThat(open(FIRST, false, 5000, null)).isEqualTo(new SessionGrant(FIRST, false));
        put(FIRST, SUBSCRIPTION, POSITION, DELIVERY, RECEIPT);
        detach(FIRST, 5000, true);
        reload();
        nowMs += 4999;
        assertThat(open(SECOND, false, 5000, null)).isEqualTo(new SessionGrant(FIRST, true));
        assertThat(sessions.rows("s").get(1)).isEqualTo(POSITION);
        assertThat(sessions.rows("s").get(2)).isEqualTo(DELIVERY);
        assertThat(sessions.rows("s").get(3)).isEqualTo(RECEIPT);
        assertThat(sessions.rows("s").get(0).value()).containsExactly(1, 2);
        assertThat(sessions.rows("other")).isEmpty();
    }

    @Test
    void obeysItsPresentClientOnly() {
        open(FIRST, false, 5000, null);
        open(SECOND, false, 5000, null);
        assertThatThrownBy(() -> put(FIRST, POSITION)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> detach(FIRST, 5000, true)).isInstanceOf(RefusedException.class);
        put(SECOND, POSITION);
        detach(SECOND, 5000, true);
        assertThatThrownBy(() -> put(SECOND, POSITION)).isInstanceOf(RefusedException.class);
    }

    @Test
    void endsInTimeAndTakesItsRowsAlong() {
        open(FIRST, false, 5000, null);
        put(FIRST, SUBSCRIPTION);
        detach(FIRST, 5000, true);
        assertThat(sessions.head("s").orElseThrow().endsAtMs()).isEqualTo(nowMs + 5000);
        nowMs += 4999;
        entry(context -> assertThat(sessions.end("s", FIRST, true, context)).isFalse());
        nowMs += 1;
        entry(context -> assertThat(sessions.end("s", SECOND, true, context)).isFalse());
        entry(context -> assertThat(sessions.end("s", FIRST, true, context)).isTrue());
        assertThat(sessions.head("s")).isEmpty();
        reload();
        assertThat(sessions.head("s")).isEmpty();
        assertThat(sessions.rows("s")).isEmpty();
    }

    @Test
    void beginsAfreshWhenItIsTooLateOrAskedTo() {
        open(FIRST, false, 5000, null);
        put(FIRST, SUBSCRIPTION);
        detach(FIRST, 5000, true);
        nowMs += 5000;
        assertThat(open(SECOND, false, SessionStore.NEVER, null).present()).isFalse();
        assertThat(sessions.rows("s")).isEmpty();
        put(SECOND, SUBSCRIPTION);
        detach(SECOND, SessionStore.NEVER, true);
        assertThat(sessions.head("s").orElseThrow().endsAtMs()).isEqualTo(SessionStore.NEVER);
        assertThat(open(FIRST, true, 0, null).present()).isFalse();
        assertThat(sessions.rows("s")).isEmpty();
        detach(FIRST, 0, true);
        assertThat(sessions.head("s")).isEmpty();
    }

    @Test
    void makesTestamentsDueWithTheirDelayOrItsEnd() {
        Testament slow = new Testament(new UUID(9, 1), 3000, new byte[] {42});
        open(FIRST, false, 5000, slow);
        assertThat(testaments.pending(slow.id()).orElseThrow().dueAtMs()).isEqualTo(SessionStore.NEVER);
        detach(FIRST, 5000, true);
        reload();
        assertThat(testaments.pending(slow.id()).orElseThrow().dueAtMs()).isEqualTo(nowMs + 3000);
        assertThat(testaments.find(slow.id()).orElseThrow().message()).containsExactly(42);
        nowMs += 1000;
        open(SECOND, false, 5000, null);
        assertThat(testaments.all()).isEmpty();
        assertThat(testaments.find(slow.id())).isEmpty();
        detach(SECOND, 5000, true);
        open(FIRST, false, 5000, slow);
        detach(FIRST, 1000, true);
        assertThat(testaments.pending(slow.id()).orElseThrow().dueAtMs()).isEqualTo(nowMs + 1000);
        open(SECOND, true, 0, null);
        assertThat(testaments.pending(slow.id()).orElseThrow().dueAtMs()).isEqualTo(nowMs);
        entry(context -> testaments.remove(slow.id(), context));
        reload();
        assertThat(testaments.all()).isEmpty();
    }

    @Test
    void forgetsATestamentThatIsTakenBack() {
        Testament testament = new Testament(new UUID(9, 1), 0, new byte[0]);
        open(FIRST, false, 5000, testament);
        detach(FIRST, 5000, false);
        assertThat(testaments.all()).isEmpty();
        open(FIRST, false, 5000, testament);
        open(SECOND, false, 5000, null); // took over: no delay, so it is due
        assertThat(testaments.pending(testament.id()).orElseThrow().dueAtMs()).isEqualTo(nowMs);
    }

    /** The offset of a record that an origin published before, as of now. */
    private Long published(int partition, Origin origin) {
        return origins.find(TOPIC, partition, origin, new ApplyContext(1, 0, nowMs, new KvBatch()));
    }

    @Test
    void forgetsASilentOriginAtTheSameTimeWhetherOrNotASweepHasComeBy() {
        Origin origin = new Origin(new UUID(5, 5), 1, 1);
        entry(context -> origins.took(TOPIC, 0, origin, 100, context));
        nowMs += OriginState.EXPIRY_MS;
        assertThat(published(0, origin)).isEqualTo(100);
        nowMs++;
        assertThat(published(0, origin)).isNull();
        reload();
        assertThat(published(0, origin)).isNull();
        entry(context -> origins.took(TOPIC, 0, new Origin(origin.id(), 2, 1), 101, context));
        assertThat(published(0, origin)).as("not back with its publisher").isNull();
        reload();
        assertThat(published(0, origin)).isNull();
        assertThat(published(0, new Origin(origin.id(), 2, 1))).isEqualTo(101);
    }

    @Test
    void knowsWhatAnOriginHasPublished() {
        UUID id = new UUID(5, 5);
        entry(context -> {
            origins.took(TOPIC, 0, new Origin(id, 1, 1), 100, context);
            origins.took(TOPIC, 0, new Origin(id, 2, 1), 101, context);
            origins.took(TOPIC, 1, new Origin(id, 3, 1), 7, context);
        });
        reload();
        assertThat(published(0, new Origin(id, 1, 1))).isEqualTo(100);
        assertThat(published(0, new Origin(id, 3, 1))).isNull();
        assertThat(published(1, new Origin(id, 3, 1))).isEqualTo(7);
        entry(context -> origins.took(TOPIC, 0, new Origin(id, 4, 2), 102, context));
        reload();
        assertThat(published(0, new Origin(id, 1, 1))).isNull();
        assertThat(published(0, new Origin(id, 2, 1))).isEqualTo(101);
        entry(context -> assertThat(origins.forget(TOPIC, 0, id, context)).isTrue());
        entry(context -> origins.delete(TOPIC, 1, context));
        reload();
        assertThat(published(0, new Origin(id, 4, 1))).isNull();
        assertThat(published(1, new Origin(id, 3, 1))).isNull();
    }

    @Test
    void forgetsOriginsThatHaveBeenSilentForLong() {
        UUID old = new UUID(5, 5);
        entry(context -> origins.took(TOPIC, 0, new Origin(old, 1, 1), 100, context));
        nowMs += OriginState.EXPIRY_MS + 1;
        entry(context -> {
            for (int i = 0; i < 1000; i++) {
                origins.took(TOPIC, 0, new Origin(new UUID(6, i), 1, 1), 200 + i, context);
            }
        });
        assertThat(published(0, new Origin(old, 1, 1))).isNull();
        reload();
        assertThat(published(0, new Origin(old, 1, 1))).isNull();
        assertThat(published(0, new Origin(new UUID(6, 0), 1, 1))).isEqualTo(200);
    }

    @Test
    void keepsTheLastValueOfAName() {
        TopicPartition source = new TopicPartition(TOPIC, "t", 0);
        entry(context -> {
            retained.set(RetainValue.of("a/1", source, stored(5, "x")), context);
            retained.set(RetainValue.of("a/2", source, stored(6, "y")), context);
            retained.set(RetainValue.of("b", source, stored(7, "z")), context);
            retained.set(RetainValue.of("a/1", source, stored(8, "w")), context);
            retained.set(RetainValue.of("a/2", source, stored(9, "")), context);
        });
        assertThat(retained.find("a/1").orElseThrow().stored().offset()).isEqualTo(8);
        assertThat(retained.find("a/2")).isEmpty();
        assertThat(retained.scan("a/", "", 10, 1000)).hasSize(1);
        assertThat(retained.scan("", "", 1, 1000).get(0).name()).isEqualTo("a/1");
        assertThat(retained.scan("", "a/1", 10, 1000).get(0).name()).isEqualTo("b");
        assertThat(retained.scan("", "b", 10, 1000)).isEmpty();
    }

    @Test
    void commandsSurviveTheirEncoding() {
        Testament testament = new Testament(new UUID(9, 1), 3000, new byte[] {42});
        roundTrip(new OpenSession("client", FIRST, true, 5, testament));
        roundTrip(new OpenSession("client", FIRST, false, SessionStore.NEVER, null));
        List<SessionChange> changes = List.of(SessionChange.put(POSITION), SessionChange.remove(SUBSCRIPTION.key()));
        roundTrip(new UpdateSession("client", FIRST, changes));
        roundTrip(new DetachSession("client", FIRST, 7, true, changes));
        roundTrip(new EndSession("client", FIRST));
        roundTrip(new EndSession("client", null));
        roundTrip(new ForgetTestament(FIRST));
        roundTrip(new ForgetOrigin(TOPIC, 2, FIRST));
        RecordBatch batch = RecordBatch.encode(
                List.of(stored(0, "x").record(), stored(0, "y").record()));
        roundTrip(new AppendMarked(
                TOPIC,
                2,
                batch,
                List.of(new Marks(Optional.of(new Origin(FIRST, 3, 2)), Optional.of("name")), Marks.NONE)));
    }

    private static void roundTrip(Command<?> command) {
        ByteBuffer first = ByteBuffer.allocate(CommandCodec.sizeInBytes(command));
        CommandCodec.write(command, first);
        Command<?> read = CommandCodec.read(first.flip());
        assertThat(read).isInstanceOf(command.getClass());
        ByteBuffer second = ByteBuffer.allocate(CommandCodec.sizeInBytes(read));
        CommandCodec.write(read, second);
        assertThat(second.array()).isEqualTo(first.array());
    }

    private static StoredRecord stored(long offset, String value) {
        return new StoredRecord(offset, new Record(null, value.getBytes(StandardCharsets.UTF_8), 1000, Headers.EMPTY));
    }
}
