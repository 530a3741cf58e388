package io.polylog.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.RefusedException;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvBatch;
import io.polylog.kv.KvBudget;
import io.polylog.kv.KvIterator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerStateTest {

    private static final UUID TOPIC = new UUID(-7, 7);
    private static final LedgerId ID = new LedgerId(TOPIC, 3, "queue:orders");

    @TempDir
    private Path directory;

    private final KvBudget budget = new KvBudget();
    private KeyValueStore store;
    private LedgerState state = new LedgerState();

    @BeforeEach
    void open() {
        store = KeyValueStore.open(directory.resolve("state"), Set.of(LedgerState.FAMILY), budget);
    }

    @AfterEach
    void close() {
        store.close();
        budget.close();
    }

    @FunctionalInterface
    private interface Change {
        void apply(ApplyContext context);
    }

    private void entry(Change change) {
        KvBatch changes = new KvBatch();
        change.apply(new ApplyContext(1, 0, 0, changes));
        store.write(changes);
    }

    private LedgerSnapshot snapshot(LedgerId id) {
        LedgerSnapshot[] found = new LedgerSnapshot[1];
        entry(context -> found[0] = state.open(id, 0, context));
        return found[0];
    }

    private void settle(Settlement.Kind kind, long from, long to) {
        entry(context -> state.settle(ID, List.of(new Settlement(kind, from, to)), 1000, context));
    }

    private void reload() {
        state = new LedgerState();
        state.load(store);
    }

    private int rows() {
        int count = 0;
        try (KvIterator rows = store.scan(LedgerState.FAMILY, new byte[0], Encoding.endOfUuidKeys())) {
            while (rows.next()) {
                count++;
            }
        }
        return count;
    }

    @Test
    void settlingInOrderMovesTheStartAndKeepsOneRow() {
        entry(context -> state.open(ID, 5, context));
        settle(Settlement.Kind.ACCEPTED, 5, 8);
        settle(Settlement.Kind.REJECTED, 8, 9);
        assertThat(snapshot(ID).startOffset()).isEqualTo(9);
        assertThat(snapshot(ID).archived()).isEmpty();
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void existingLedgerKeepsItsStart() {
        entry(context -> state.open(ID, 5, context));
        entry(context -> assertThat(state.open(ID, 9, context).startOffset()).isEqualTo(5));
    }

    @Test
    void refusalChangesNothing() {
        entry(context -> state.open(ID, 0, context));
        settle(Settlement.Kind.ACCEPTED, 4, 6);
        LedgerSnapshot before = snapshot(ID);
        List<Settlement> half =
                List.of(new Settlement(Settlement.Kind.ACCEPTED, 0, 1), new Settlement(Settlement.Kind.FAILED, 5, 7));
        entry(context ->
                assertThatThrownBy(() -> state.settle(ID, half, 1000, context)).isInstanceOf(RefusedException.class));
        assertThatThrownBy(() -> settle(Settlement.Kind.ACCEPTED, 999, 1001)).isInstanceOf(RefusedException.class);
        assertThat(snapshot(ID)).isEqualTo(before);
        reload();
        assertThat(snapshot(ID)).isEqualTo(before);
    }

    @Test
    void markOfWhatWasDeliveredOnlyRises() {
        entry(context -> state.open(ID, 0, context));
        entry(context -> state.delivered(ID, 7, context));
        entry(context -> state.delivered(ID, 5, context));
        assertThat(snapshot(ID).deliveredEnd()).isEqualTo(7);
        reload();
        assertThat(snapshot(ID).deliveredEnd()).isEqualTo(7);
        assertThat(rows()).isEqualTo(2);
        entry(context -> assertThatThrownBy(() -> state.delivered(new LedgerId(TOPIC, 9, "none"), 5, context))
                .isInstanceOf(RefusedException.class));
    }

    @Test
    void lowestStartIsThatOfTheSlowestGroup() {
        assertThat(state.lowestStart(TOPIC, 3)).isEmpty();
        entry(context -> state.open(ID, 0, context));
        entry(context -> state.open(new LedgerId(TOPIC, 3, "other"), 4, context));
        settle(Settlement.Kind.ACCEPTED, 0, 9);
        assertThat(state.lowestStart(TOPIC, 3)).hasValue(4);
    }

    @Test
    void forgottenLedgerLeavesNothingAndItsNeighbourAlone() {
        LedgerId neighbour = new LedgerId(TOPIC, 3, "queue:orders2");
        entry(context -> state.open(ID, 0, context));
        entry(context -> state.open(neighbour, 7, context));
        settle(Settlement.Kind.ACCEPTED, 3, 5);
        settle(Settlement.Kind.RELEASED, 1, 3);
        entry(context -> assertThat(state.forget(ID, context)).isTrue());
        entry(context -> assertThat(state.forget(ID, context)).isFalse());
        assertThat(rows()).isEqualTo(1);
        reload();
        assertThat(state.find(ID)).isEmpty();
        assertThat(state.find(neighbour).orElseThrow().startOffset()).isEqualTo(7);
    }

    @Test
    void releasesAreCountedUntilTheRecordIsSettled() {
        entry(context -> state.open(ID, 0, context));
        settle(Settlement.Kind.RELEASED, 1, 3);
        settle(Settlement.Kind.RELEASED, 2, 4);
        reload();
        assertThat(snapshot(ID).releases()).isEqualTo(Map.of(1L, 1, 2L, 2, 3L, 1));
        settle(Settlement.Kind.ACCEPTED, 2, 3);
        reload();
        assertThat(snapshot(ID).releases()).isEqualTo(Map.of(1L, 1, 3L, 1));
    }

    @Test
    void deletedPartitionTakesItsLedgersAlong() {
        LedgerId neighbour = new LedgerId(TOPIC, 4, "queue:orders");
        entry(context -> state.open(ID, 0, context));
        entry(context -> state.open(new LedgerId(TOPIC, 3, "other"), 0, context));
        entry(context -> state.open(neighbour, 7, context));
        settle(Settlement.Kind.FAILED, 1, 3);
        entry(context -> state.delete(TOPIC, 3, context));
        assertThat(rows()).isEqualTo(1);
        reload();
        assertThat(snapshot(neighbour).startOffset()).isEqualTo(7);
        assertThatThrownBy(() -> settle(Settlement.Kind.ACCEPTED, 1, 2)).isInstanceOf(RefusedException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agreesWithAPlainModel(long seed) {
        Random random = new Random(seed);
        int size = 200;
        BitSet archived = new BitSet(size);
        int[] failures = new int[size];
        entry(context -> state.open(ID, 0, context));
        for (int step = 0; step < 600; step++) {
            int from = random.nextInt(size);
            int to = Math.min(size, from + 1 + random.nextInt(6));
            boolean free = archived.get(from, to).isEmpty();
            Settlement.Kind kind = List.of(Settlement.Kind.values()).get(random.nextInt(3));
            boolean settled;
            try {
                settle(kind, from, to);
                settled = true;
            } catch (RefusedException refused) {
                settled = false;
            }
            assertThat(settled).as("seed %d step %d", seed, step).isEqualTo(free);
            if (free && kind == Settlement.Kind.FAILED) {
                for (int offset = from; offset < to; offset++) {
                    failures[offset]++;
                }
            } else if (free) {
                archived.set(from, to);
            }
            if (random.nextInt(50) == 0) {
                reload();
            }
            assertThat(backlog(size)).as("seed %d step %d", seed, step).isEqualTo(size - archived.cardinality());
        }
        expect(archived, failures, size);
        reload();
        expect(archived, failures, size);
    }

    /** Records that are not settled, below the end of the log. */
    private long backlog(long logEnd) {
        long[] found = {-1};
        state.backlogs(ledger -> new PartitionOffsets(0, logEnd, logEnd, 0), (ledger, records) -> {
            assertThat(ledger).isEqualTo(ID);
            found[0] = records;
        });
        return found[0];
    }

    private void expect(BitSet archived, int[] failures, int size) {
        LedgerSnapshot snapshot = snapshot(ID);
        BitSet found = new BitSet(size);
        found.set(0, (int) snapshot.startOffset());
        List<Long> ends = new ArrayList<>(List.of(snapshot.startOffset()));
        snapshot.archived().forEach((from, to) -> {
            assertThat(from).as("runs are apart").isGreaterThan(ends.get(ends.size() - 1));
            ends.add(to);
            found.set(from.intValue(), to.intValue());
        });
        assertThat(found).isEqualTo(archived);
        for (int offset = 0; offset < size; offset++) {
            int expected = archived.get(offset) ? 0 : failures[offset];
            assertThat(snapshot.failures().getOrDefault((long) offset, 0)).isEqualTo(expected);
        }
    }
}
