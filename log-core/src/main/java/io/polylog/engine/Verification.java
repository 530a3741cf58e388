package io.polylog.engine;

import io.polylog.disk.Disk;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvBudget;
import io.polylog.kv.KvException;
import io.polylog.log.LogVerification;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads everything that a start would believe, of a data directory that no engine has open: the groups' manifests and the
 * files of their checkpoints, the logs up to where the checkpoints say, and the journal. Only {@code state}, which every
 * start makes anew, is changed.
 */
public final class Verification {

    /**
     * What was read.
     *
     * @param checkpoints groups that have one
     * @param partitions that those hold
     * @param segments of the partitions
     * @param entries of the journal
     * @param bytes of all files
     * @param damaged faults found
     */
    public record Report(int checkpoints, int partitions, int segments, long entries, long bytes, int damaged) {}

    private final Disk disk;
    private final Path directory;
    private final int groups;
    private final Consumer<String> told;
    private final long[] indexes;
    private int checkpoints;
    private int partitions;
    private int segments;
    private long bytes;
    private int damaged;

    /**
     * @param directory data directory
     * @param dataGroups as it was made with
     * @param damage told of each fault: file, position, and what is wrong
     */
    public Verification(Disk disk, Path directory, int dataGroups, Consumer<String> damage) {
        this.disk = disk;
        this.directory = directory;
        this.groups = dataGroups + 1;
        this.indexes = new long[groups];
        this.told = damage;
    }

    /**
     * @param durability under which the directory was written last
     * @throws IOException if something cannot be read at all
     */
    public Report verify(Durability durability) throws IOException {
        try (KvBudget budget = new KvBudget()) {
            for (int group = 0; group < groups; group++) {
                verify(group, GroupDirectory.of(directory, group), budget);
            }
        }
        long entries = verifyJournal(durability);
        return new Report(checkpoints, partitions, segments, entries, bytes, damaged);
    }

    private void damage(String what) {
        damaged++;
        told.accept(what);
    }

    private void verify(int group, GroupDirectory home, KvBudget budget) throws IOException {
        try {
            Optional<Manifest> manifest = Manifest.read(disk, home.manifest());
            if (manifest.isEmpty()) {
                return;
            }
            checkpoints++;
            indexes[group] = manifest.get().index();
            Path checkpoint = home.checkpoint(manifest.get().index());
            boolean whole = true;
            for (Manifest.StoreFile file : manifest.get().files()) {
                bytes += file.size();
                try {
                    file.check(disk, checkpoint);
                } catch (CorruptDataException corrupt) {
                    damage(String.valueOf(corrupt.getMessage()));
                    whole = false;
                }
            }
            if (whole) {
                verifyLogs(group, home, checkpoint, budget);
            }
        } catch (CorruptDataException corrupt) {
            damage(String.valueOf(corrupt.getMessage()));
        }
    }

    private void verifyLogs(int group, GroupDirectory home, Path checkpoint, KvBudget budget) throws IOException {
        KeyValueStore.restore(checkpoint, home.state());
        try (KeyValueStore store = KeyValueStore.open(home.state(), LazyStore.FAMILIES, budget)) {
            indexes[group] = Math.max(indexes[group], GroupStateMachine.appliedIndex(store));
            for (PartitionRow row : PartitionRow.all(store)) {
                partitions++;
                LogVerification log = new LogVerification(
                        disk, home.logs().resolve(PartitionRow.directoryName(row.id())), this::damage);
                log.verify(row.end(), row.logStart());
                segments += log.segments();
                bytes += log.bytes();
            }
        } catch (KvException unreadable) {
            damage(String.valueOf(unreadable.getMessage()));
        } finally {
            KeyValueStore.discard(home.state());
        }
    }

    private long verifyJournal(Durability durability) throws IOException {
        JournalScan scan = new JournalScan(
                disk,
                directory.resolve("journal"),
                durability == Durability.FSYNC,
                new JournalFiles(),
                JournalScan.Tail.KEEP);
        Continuity continuity = new Continuity(indexes);
        try {
            JournalScan.Found found = scan.scan(new JournalScan.Visitor() {
                @Override
                public boolean wants(int group, long index) throws IOException {
                    return continuity.isNext(group, index);
                }

                @Override
                public void entry(Entry entry) {
                    continuity.took(entry.group(), entry.index());
                }
            });
            bytes += found.bytes();
            return found.entries();
        } catch (CorruptJournalException corrupt) {
            damage(String.valueOf(corrupt.getMessage()));
            return 0;
        }
    }
}
