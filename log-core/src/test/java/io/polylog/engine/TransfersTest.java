package io.polylog.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.LogRead;
import io.polylog.fake.ManualExecutor;
import io.polylog.fake.ManualScheduler;
import io.polylog.kv.KvBudget;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one group decides for another takes place there once, in order, whenever the process ends. */
class TransfersTest {

    private static final int GROUPS = 3;
    private static final UUID TOPIC = new UUID(3, 4);

    @TempDir
    private Path directory;

    private final KvBudget budget = new KvBudget();
    private final ManualExecutor journal = new ManualExecutor();
    private final List<LazyStore> stores = new ArrayList<>();
    private List<StateReplicaGroup> groups = List.of();
    private ManualScheduler scheduler = new ManualScheduler();
    private Transfers transfers = new Transfers(List.of(), scheduler, io.polylog.metric.Meters.none());
    private int overloads;

    @BeforeEach
    void open() throws IOException {
        for (int id = 0; id < GROUPS; id++) {
            stores.add(new LazyStore(directory.resolve("state" + id), budget, () -> false));
        }
        startNode();
        for (int id = 1; id < GROUPS; id++) {
            groups.get(id).propose(new CreatePartition(TOPIC, "t", id));
        }
        drain();
    }

    private void startNode() throws IOException {
        scheduler = new ManualScheduler();
        groups = new ArrayList<>();
        for (int id = 0; id < GROUPS; id++) {
            groups.add(new StateReplicaGroup(
                    id,
                    directory.resolve("logs" + id),
                    stores.get(id),
                    journal,
                    () -> overloads > 0 && overloads-- > 0));
        }
        transfers = StateReplicaGroup.transfers(groups, scheduler);
        transfers.start();
    }

    /** What is in the journal and not applied is gone too, which a real journal would replay: the worse case. */
    private void crash() throws IOException {
        transfers.close();
        for (StateReplicaGroup group : groups) {
            group.crash();
        }
        journal.clear();
        startNode();
    }

    @AfterEach
    void close() throws IOException {
        for (StateReplicaGroup group : groups) {
            group.crash();
        }
        for (LazyStore store : stores) {
            store.close();
        }
        budget.close();
    }

    private void drain() {
        List<ManualExecutor> all = new ArrayList<>(List.of(journal));
        groups.forEach(group -> all.add(group.thread()));
        ManualExecutor.drain(all.toArray(ManualExecutor[]::new));
    }

    /** Drains, and lets every timer run too. */
    private void settle() {
        drain();
        while (scheduler.runNext()) {
            drain();
        }
    }

    private void send(int source, int target, String value) {
        groups.get(source).change(context -> groups.get(source).state().send(target, transfer(target, value), context));
    }

    private static RecordTransfer transfer(int partition, String value) {
        Record record = new Record(null, value.getBytes(UTF_8), 0, Headers.EMPTY);
        return new RecordTransfer(TOPIC, partition, RecordBatch.encode(List.of(record)));
    }

    private List<String> contents(int group) {
        Partition partition =
                Objects.requireNonNull(groups.get(group).partitions().find(TOPIC, group));
        List<String> values = new ArrayList<>();
        while (values.size() < partition.log().offsets().highWatermark()) {
            try (LogRead read = partition.log().read(values.size(), 1 << 20, true)) {
                ByteBuffer bytes = read.slice().toBuffer();
                while (bytes.hasRemaining()) {
                    int size = RecordBatch.sizeAt(bytes, bytes.position());
                    for (StoredRecord stored : new RecordBatch(bytes.slice(bytes.position(), size)).decode()) {
                        values.add(new String(
                                Objects.requireNonNull(stored.record().value()), UTF_8));
                    }
                    bytes.position(bytes.position() + size);
                }
            } catch (IOException failure) {
                throw new AssertionError(failure);
            }
        }
        return values;
    }

    @Test
    void effectInTheGroupItselfTakesPlaceAtOnce() {
        send(1, 1, "here");
        journal.step();
        groups.get(1).thread().step();
        assertThat(contents(1)).containsExactly("here");
        assertThat(groups.get(1).state().outbox().waiting()).isZero();
    }

    @Test
    void effectInAnotherGroupIsCarriedThereAndForgotten() {
        send(1, 2, "a");
        send(0, 2, "b");
        settle();
        assertThat(contents(2)).containsExactlyInAnyOrder("a", "b");
        assertThat(groups.get(1).state().outbox().waiting()).isZero();
        assertThat(groups.get(0).state().outbox().targets()).isEmpty();
    }

    @Test
    void whatComesMeanwhileGoesTogether() {
        send(1, 2, "first");
        journal.step();
        groups.get(1).thread().step();
        for (int i = 0; i < 50; i++) {
            send(1, 2, "v" + i);
        }
        settle();
        assertThat(contents(2)).hasSize(51).startsWith("first", "v0", "v1");
        assertThat(groups.get(2).state().inbox().highest(1)).isEqualTo(51);
    }

    @Test
    void crashBeforeTheTargetHasTakenIt() throws IOException {
        send(1, 2, "once");
        journal.step();
        groups.get(1).thread().step(); // decided; the TransferIn waits in the journal
        crash();
        assertThat(contents(2)).isEmpty();
        settle();
        assertThat(contents(2)).containsExactly("once");
    }

    @Test
    void crashBeforeTheSourceKnowsThatTheTargetHasIt() throws IOException {
        send(1, 2, "once");
        journal.step();
        groups.get(1).thread().step();
        journal.step();
        groups.get(2).thread().step(); // taken; the TransferDone is still to come
        assertThat(contents(2)).containsExactly("once");
        crash();
        assertThat(groups.get(1).state().outbox().waiting()).isEqualTo(1);
        settle();
        assertThat(contents(2)).containsExactly("once");
        assertThat(groups.get(1).state().outbox().waiting()).isZero();
        send(1, 2, "twice");
        settle();
        assertThat(contents(2)).containsExactly("once", "twice");
    }

    @Test
    void refusedTransferIsTriedAgainWhenTheTimeHasCome() {
        send(1, 2, "a");
        journal.step();
        overloads = 2;
        drain();
        assertThat(contents(2)).isEmpty();
        assertThat(scheduler.delays()).containsExactly(Transfers.FIRST_RETRY_MS);
        scheduler.runNext();
        drain();
        assertThat(scheduler.delays()).containsExactly(2 * Transfers.FIRST_RETRY_MS);
        scheduler.runNext();
        drain();
        assertThat(contents(2)).containsExactly("a");
    }

    @Test
    void transferToADeletedPartitionIsDropped() {
        send(1, 2, "gone");
        journal.step();
        groups.get(2).propose(new DeletePartition(TOPIC, 2));
        settle();
        assertThat(groups.get(1).state().outbox().waiting()).isZero();
        assertThat(groups.get(2).state().inbox().highest(1)).isEqualTo(1);
    }

    @Test
    void whatMemoryDoesNotHoldIsReadAgain() {
        int count = 2 * Outbox.MAX_HELD + 10;
        groups.get(1).change(context -> {
            for (int i = 0; i < count; i++) {
                groups.get(1).state().send(2, transfer(2, "v" + i), context);
            }
        });
        settle();
        assertThat(contents(2)).hasSize(count).endsWith("v" + (count - 1)).doesNotHaveDuplicates();
        assertThat(groups.get(1).state().outbox().waiting()).isZero();
    }

    @Test
    void transferLargerThanTheLimitGoesAlone() {
        String large = "x".repeat(TransferIn.MAX_BYTES + 1);
        send(1, 2, "a");
        send(1, 2, large);
        send(1, 2, "b");
        settle();
        assertThat(contents(2)).containsExactly("a", large, "b");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void everyDecisionTakesPlaceOnceInOrder(long seed) throws IOException {
        Random random = new Random(seed);
        List<List<List<String>>> decided = new ArrayList<>(); // by source, by target
        for (int source = 0; source < GROUPS; source++) {
            decided.add(List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
        }
        int sent = 0;
        for (int step = 0; step < 3000; step++) {
            int choice = random.nextInt(1000);
            if (choice < 100) {
                int source = random.nextInt(GROUPS);
                int target = 1 + random.nextInt(GROUPS - 1);
                String value = source + ":" + sent++;
                StateReplicaGroup group = groups.get(source);
                group.change(context -> {
                    group.state().send(target, transfer(target, value), context);
                    decided.get(source).get(target).add(value);
                });
            } else if (choice < 104) {
                crash();
            } else if (choice < 110) {
                overloads = 1 + random.nextInt(3);
            } else if (choice < 150) {
                scheduler.runNext();
            } else {
                int which = random.nextInt(GROUPS + 1);
                (which == GROUPS ? journal : groups.get(which).thread()).step();
            }
        }
        overloads = 0;
        settle();
        for (int target = 1; target < GROUPS; target++) {
            List<String> found = contents(target);
            int total = 0;
            for (int source = 0; source < GROUPS; source++) {
                String prefix = source + ":";
                assertThat(found.stream().filter(value -> value.startsWith(prefix)))
                        .as("seed %d, from %d to %d", seed, source, target)
                        .containsExactlyElementsOf(decided.get(source).get(target));
                total += decided.get(source).get(target).size();
            }
            assertThat(found).hasSize(total);
        }
        groups.forEach(group -> assertThat(group.state().outbox().waiting()).isZero());
    }
}
