package io.polylog.engine;

import io.polylog.broker.Topic;
import io.polylog.broker.Writes;
import io.polylog.disk.Disk;
import io.polylog.kv.KvBudget;
import io.polylog.log.LogSettings;
import io.polylog.metric.Meters;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of a gateway that is alone: replica group 0 for metadata, the data groups, and the one journal they share.
 *
 * <p>Opening replays the journal from its beginning: segments and key-value stores are views that are made again. After
 * that any thread may propose. {@link #close} commits and applies what was proposed before.
 *
 * <p>Directory: {@code journal/}, and for each group {@code groups/NN/logs/} and {@code groups/NN/state/}.
 */
public final class LocalEngine implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LocalEngine.class);

    private static final int MAX_APPLY_THREADS = 4;

    private final KvBudget budget;
    private final DiskSpace space;
    private final PartitionTable partitions = new PartitionTable();
    private final List<GroupStateMachine> machines = new ArrayList<>();
    private final List<LocalReplicaGroup> groups = new ArrayList<>();
    private final List<ApplyThread> applyThreads = new ArrayList<>();
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
        Path groupsDirectory = settings.directory().resolve("groups");
        disk.createDirectories(journalDirectory);
        disk.delete(groupsDirectory);
        disk.forceDirectory(settings.directory());
        this.space = new DiskSpace(disk, settings.directory(), settings.diskReserveBytes(), meters);
        Disk patientDisk = new PatientDisk(disk, space);
        for (int id = 0; id <= settings.dataGroups(); id++) {
            machines.add(machine(id, groupsDirectory, settings, patientDisk));
        }
        int threads = Math.min(Runtime.getRuntime().availableProcessors(), MAX_APPLY_THREADS);
        for (int i = 0; i < threads; i++) {
            applyThreads.add(new ApplyThread(i));
        }
        Journal journal;
        try {
            JournalScan.Found found = replay(settings, disk, journalDirectory, nanoClock);
            boolean forced = settings.durability() == Durability.FSYNC;
            journal = Journal.open(disk, journalDirectory, settings.journalFileBytes(), forced, found);
        } catch (IOException | RuntimeException failure) {
            closeState();
            throw failure;
        }
        this.commit = new GroupCommit(journal, space, clock, nanoClock, meters, onFailure);
        for (int id = 0; id < machines.size(); id++) {
            groups.add(new LocalReplicaGroup(
                    id, machines.get(id), applyThreads.get(id % threads), commit, space, onFailure));
        }
        space.start();
        commit.start();
    }

    /**
     * @throws CorruptJournalException if durable bytes have changed
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

    private GroupStateMachine machine(int id, Path groupsDirectory, EngineSettings settings, Disk disk) {
        Path home = groupsDirectory.resolve(String.format("%02d", id));
        LogSettings logSettings = new LogSettings(settings.segmentBytes(), LogSettings.DEFAULT.indexIntervalBytes());
        return new GroupStateMachine(
                id,
                new GroupState(
                        new TopicState(),
                        new PartitionState(disk, home.resolve("logs"), logSettings, partitions),
                        new ProducerIdState(),
                        new LedgerState()),
                new LazyStore(home.resolve("state"), budget, space));
    }

    private JournalScan.Found replay(EngineSettings settings, Disk disk, Path directory, NanoClock nanoClock)
            throws IOException {
        long startedAt = nanoClock.nanoTime();
        JournalScan scan = new JournalScan(disk, directory, settings.durability() == Durability.FSYNC);
        Replay replay = new Replay(machines, applyThreads);
        JournalScan.Found found = scan.scan(replay);
        replay.finish();
        if (found.entries() > 0) {
            log.atInfo()
                    .addKeyValue("entries", found.entries())
                    .addKeyValue("bytes", found.bytes())
                    .addKeyValue("ms", TimeUnit.NANOSECONDS.toMillis(nanoClock.nanoTime() - startedAt))
                    .log("journal replayed");
        }
        return found;
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
        if (commit.hasFailed()) {
            return Writes.STORAGE_FAILED;
        }
        return space.isFull() ? Writes.DISK_FULL : Writes.ACCEPTED;
    }

    /** All groups, the metadata group first. */
    public List<ReplicaGroup> groups() {
        return List.copyOf(groups);
    }

    public PartitionTable partitions() {
        return partitions;
    }

    /** The topics as they were when the engine was opened; call before anything is proposed. */
    public Collection<Topic> topicsAtOpen() {
        return machines.get(0).state().topics().all();
    }

    /** Commits and applies what was proposed, then closes every file. */
    @Override
    public void close() throws IOException {
        try {
            commit.close();
        } finally {
            closeState();
        }
    }

    private void closeState() throws IOException {
        space.close();
        applyThreads.forEach(ApplyThread::close);
        for (Partition partition : partitions.all()) {
            partition.log().close();
        }
        for (GroupStateMachine machine : machines) {
            machine.close();
        }
        budget.close();
    }
}
