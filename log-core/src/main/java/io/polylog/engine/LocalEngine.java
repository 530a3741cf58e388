package io.polylog.engine;

import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.Topic;
import io.polylog.broker.Writes;
import io.polylog.disk.Disk;
import io.polylog.disk.FrugalDisk;
import io.polylog.kv.KvBudget;
import io.polylog.metric.Meters;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import io.polylog.time.Scheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of a gateway that is alone: replica group 0 for metadata, the data groups, and the one journal they share.
 *
 * <p>Opening puts every group back to its checkpoint and replays what the journal holds beyond it. After that any thread
 * may propose. {@link #close} commits and applies what was proposed before, and checkpoints it.
 *
 * <p>Directory: {@code journal/}, and {@code groups/NN/} for each group ({@link GroupDirectory}).
 */
public final class LocalEngine implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LocalEngine.class);

    private static final int MAX_APPLY_THREADS = 4;

    /** A round of checkpoints lets go of about four files, and the next needs as many. */
    private static final int SPARE_JOURNAL_FILES = 4;

    private final KvBudget budget;
    private final DiskSpace space;
    private final PartitionTable partitions = new PartitionTable();
    private final List<GroupStateMachine> machines = new ArrayList<>();
    private final List<GroupCheckpoint> checkpoints = new ArrayList<>();
    private final List<LocalReplicaGroup> groups = new ArrayList<>();
    private final List<ApplyThread> applyThreads = new ArrayList<>();
    private final Checkpointer checkpointer;
    private final GroupCommit commit;
    private final Homes homes;

    private LocalEngine(
            EngineSettings settings,
            Disk disk,
            EpochClock clock,
            NanoClock nanoClock,
            Meters meters,
            FailureListener onFailure)
            throws IOException {
        this.budget = new KvBudget();
        this.homes = new Homes(settings.dataGroups());
        Path journalDirectory = settings.directory().resolve("journal");
        disk.createDirectories(journalDirectory);
        disk.createDirectories(settings.directory().resolve("groups"));
        disk.forceDirectory(settings.directory());
        this.space = new DiskSpace(disk, settings.directory(), settings.diskReserveBytes(), meters);
        Disk frugalDisk = new FrugalDisk(disk, settings.mostOpenFiles(), meters);
        Disk patientDisk = new PatientDisk(frugalDisk, space, this::onApplyThread);
        for (int id = 0; id <= settings.dataGroups(); id++) {
            GroupDirectory directory = GroupDirectory.of(settings.directory(), id);
            machines.add(machine(id, directory, settings, patientDisk));
            checkpoints.add(new GroupCheckpoint(disk, directory, machines.get(id)));
        }
        int threads = Math.min(Runtime.getRuntime().availableProcessors(), MAX_APPLY_THREADS);
        for (int i = 0; i < threads; i++) {
            applyThreads.add(new ApplyThread(i));
        }
        JournalFiles files = new JournalFiles();
        JournalScan.Found found;
        Journal journal;
        JournalSpares spares;
        try {
            found = recover(settings, disk, journalDirectory, files, nanoClock);
            Forcing forcing = new Forcing(settings.durability() == Durability.FSYNC, nanoClock, meters);
            spares = new JournalSpares(disk, forcing.isOn() ? SPARE_JOURNAL_FILES : 0, space::isFull);
            if (found.lastFileNumber() > 0) {
                spares.adopt(journalDirectory);
            }
            journal = new Journal(disk, journalDirectory, settings.journalFileBytes(), forcing, files, spares, found);
        } catch (IOException | RuntimeException failure) {
            closeState();
            throw failure;
        }
        this.checkpointer = new Checkpointer(checkpoints, files, spares, journalDirectory, settings, nanoClock, meters);
        this.commit = new GroupCommit(journal, checkpointer, space, clock, nanoClock, meters, onFailure);
        for (int id = 0; id < machines.size(); id++) {
            groups.add(new LocalReplicaGroup(id, machines.get(id), applyThread(id), commit, space, onFailure));
        }
        space.start();
        checkpointer.start(found.entryBytes());
        commit.start();
    }

    /**
     * @throws CorruptDataException if durable bytes have changed
     * @throws IOException if the directory cannot be read or written
     */
    public static LocalEngine open(
            EngineSettings settings,
            Disk disk,
            EpochClock clock,
            NanoClock nanoClock,
            Meters meters,
            FailureListener onFailure)
            throws IOException {
        return new LocalEngine(settings, disk, clock, nanoClock, meters, onFailure);
    }

    private GroupStateMachine machine(int id, GroupDirectory directory, EngineSettings settings, Disk disk) {
        LazyStore store = new LazyStore(directory.state(), budget, space::awaitRoom);
        TestamentState testaments = new TestamentState(store::ifOpen);
        return new GroupStateMachine(
                id,
                new GroupState(
                        new TopicState(),
                        new PartitionState(disk, directory.logs(), settings.segmentBytes(), partitions, store::ifOpen),
                        new ProducerIdState(),
                        new TransactionState(),
                        new LedgerState(),
                        new ConfigState(ConfigState.GROUPS),
                        new ConfigState(ConfigState.BROKERS),
                        new ConfigState(ConfigState.CLIENT_METRICS),
                        new OriginState(),
                        new SessionState(store::ifOpen, testaments),
                        testaments,
                        new RetainedState(homes, store::ifOpen),
                        new ScheduleState(store),
                        new Outbox(id, store),
                        new Inbox(),
                        new SecurityState()),
                store);
    }

    private boolean onApplyThread() {
        return applyThreads.stream().anyMatch(ApplyThread::isCurrent);
    }

    private ApplyThread applyThread(int group) {
        return applyThreads.get(group % applyThreads.size());
    }

    private JournalScan.Found recover(
            EngineSettings settings, Disk disk, Path directory, JournalFiles files, NanoClock nanoClock)
            throws IOException {
        long startedAt = nanoClock.nanoTime();
        onApplyThreads(GroupCheckpoint::restore);
        disk.forceDirectory(settings.directory().resolve("groups"));
        long restoredAt = nanoClock.nanoTime();
        long checkpointed = checkpoints.stream()
                .filter(checkpoint -> checkpoint.durableIndex() > 0)
                .count();
        boolean forced = settings.durability() == Durability.FSYNC;
        JournalScan scan = new JournalScan(disk, directory, forced, files, JournalScan.Tail.CUT);
        Replay replay = new Replay(machines, applyThreads);
        JournalScan.Found found;
        try {
            found = scan.scan(replay);
        } finally {
            replay.finish();
        }
        for (GroupStateMachine machine : machines) {
            machine.state().partitions().removeStrays();
        }
        if (checkpointed > 0 || found.entries() > 0) {
            log.atInfo()
                    .addKeyValue("checkpoints", checkpointed)
                    .addKeyValue("partitions", partitions.size())
                    .addKeyValue("restore_ms", TimeUnit.NANOSECONDS.toMillis(restoredAt - startedAt))
                    .addKeyValue("journal_bytes", found.bytes())
                    .addKeyValue("replayed_entries", found.entries())
                    .addKeyValue("replayed_bytes", found.entryBytes())
                    .addKeyValue("replay_ms", TimeUnit.NANOSECONDS.toMillis(nanoClock.nanoTime() - restoredAt))
                    .log("recovered");
        }
        return found;
    }

    private interface GroupAction {
        void on(GroupCheckpoint group) throws IOException;
    }

    /** Does it for every group, each on its own apply thread, and waits. */
    private void onApplyThreads(GroupAction action) throws IOException {
        List<CompletableFuture<Void>> pending = new ArrayList<>();
        for (GroupCheckpoint group : checkpoints) {
            pending.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            action.on(group);
                        } catch (IOException failed) {
                            throw new UncheckedIOException(failed);
                        }
                    },
                    applyThread(group.group())));
        }
        try {
            CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof UncheckedIOException io) {
                throw io.getCause();
            }
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }

    /** Group 0: topics, producer ids. */
    public ReplicaGroup metadata() {
        return groups.get(0);
    }

    /** The data group in which a partition lives: the same for ever, for the number of groups never changes. */
    public ReplicaGroup home(UUID topicId, int partition) {
        return groups.get(homes.of(topicId, partition));
    }

    public Homes homes() {
        return homes;
    }

    /** Whether proposals are accepted. Any thread. */
    public Writes writes() {
        if (!commit.isSound()) {
            return Writes.STORAGE_FAILED;
        }
        return space.isFull() ? Writes.DISK_FULL : Writes.ACCEPTED;
    }

    /** All groups, the metadata group first. */
    public List<ReplicaGroup> groups() {
        return List.copyOf(groups);
    }

    /** The transactional ids of a group, for reading and hearing of changes. */
    public TransactionState transactions(int group) {
        return machines.get(group).state().transactions();
    }

    /** The sessions of a group, for reading. */
    public SessionState sessions(int group) {
        return machines.get(group).state().sessions();
    }

    /** The retained values of a group, for reading. */
    public RetainedState retained(int group) {
        return machines.get(group).state().retained();
    }

    /** Tells of each ledger how many records are not settled. Any thread. */
    public void backlogs(BiConsumer<LedgerId, Long> told) {
        for (GroupStateMachine machine : machines) {
            machine.state().ledgers().backlogs(this::logOffsets, told);
        }
    }

    /** The ledgers of a group's partitions, for reading. */
    public LedgerState ledgers(int group) {
        return machines.get(group).state().ledgers();
    }

    private PartitionOffsets logOffsets(LedgerId ledger) {
        Partition partition = partitions.find(ledger.topicId(), ledger.partition());
        return partition == null
                ? new PartitionOffsets(0, 0, 0, 0)
                : partition.log().offsets();
    }

    /** What waits for its time in a group, for hearing of changes. */
    public ScheduleState schedules(int group) {
        return machines.get(group).state().schedules();
    }

    /** What waits for its time in a group, for reading. */
    public ScheduleReader scheduleReader(int group) {
        GroupStateMachine machine = machines.get(group);
        return new ScheduleReader(machine.state().schedules(), machine.store()::ifOpen);
    }

    /**
     * The retained values that are on their way to a group, the last one of each name. Reads the disk: on the reader pool
     * only.
     */
    public Map<String, RetainValue> retainedOnTheirWay(int group) {
        Map<String, RetainValue> values = new HashMap<>();
        for (GroupStateMachine machine : machines) {
            machine.state().outbox().peek(group, transfer -> {
                if (transfer instanceof RetainValue value) {
                    values.put(value.name(), value);
                }
            });
        }
        return values;
    }

    /** The testaments of a group, for reading. */
    public TestamentState testaments(int group) {
        return machines.get(group).state().testaments();
    }

    public PartitionTable partitions() {
        return partitions;
    }

    /** Who may do what, as it was when the engine was opened; call before anything is proposed. */
    public Map<String, String> securityAtOpen() {
        return machines.get(0).state().security().all();
    }

    /** As {@link #topicsAtOpen}: the settings of groups, by group id. */
    public Map<String, Map<String, String>> groupConfigsAtOpen() {
        return machines.get(0).state().groupConfigs().all();
    }

    /** As {@link #topicsAtOpen}: the settings of brokers, by node id; those for all under the empty name. */
    public Map<String, Map<String, String>> brokerConfigsAtOpen() {
        return machines.get(0).state().brokerConfigs().all();
    }

    /** As {@link #topicsAtOpen}: subscriptions to clients' metrics, by name. */
    public Map<String, Map<String, String>> clientMetricsAtOpen() {
        return machines.get(0).state().clientMetrics().all();
    }

    /** The topics as they were when the engine was opened; call before anything is proposed. */
    public Collection<Topic> topicsAtOpen() {
        return machines.get(0).state().topics().all();
    }

    /**
     * Checkpoints every group that has new entries, and trims the journal. Blocks until the disk is done; any thread but
     * an apply thread.
     *
     * @return whether all of it worked
     */
    public boolean checkpoint() {
        return checkpointer.round();
    }

    /** What carries effects from group to group; not started yet. Called once. */
    public Transfers transfers(Scheduler scheduler, Meters meters) {
        List<Transfers.Source> sources = new ArrayList<>();
        for (int id = 0; id < groups.size(); id++) {
            sources.add(new Transfers.Source(
                    groups.get(id), machines.get(id).state().outbox()));
        }
        return new Transfers(sources, scheduler, meters);
    }

    /** Commits and applies what was proposed, checkpoints it so that the next start is short, then closes every file. */
    @Override
    public void close() throws IOException {
        try {
            commit.close();
        } finally {
            space.close();
            applyThreads.forEach(ApplyThread::close);
            checkpointer.close();
            if (commit.isSound()) {
                checkpointer.round();
            }
            closeState();
        }
    }

    private void closeState() throws IOException {
        space.close();
        applyThreads.forEach(ApplyThread::close);
        for (GroupStateMachine machine : machines) {
            machine.close();
        }
        budget.close();
    }
}
