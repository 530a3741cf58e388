package io.polylog.engine;

import io.polylog.broker.RefusedException;
import io.polylog.disk.Disk;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvException;
import io.polylog.log.PartitionLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The checkpoints of one replica group: a copy of its key-value store, whose rows say where each log ends, and the logs
 * forced at least that far. While one is taken, apply goes on.
 *
 * <p>The order is what makes it safe: first the copy, then the force of what the copy speaks of, then the manifest that
 * names it, and only then may go what the one before needed.
 *
 * <p>{@link #restore} is called by the group's apply thread at start, {@link #take} by the checkpoint thread.
 */
final class GroupCheckpoint {

    private final Disk disk;
    private final GroupDirectory directory;
    private final GroupStateMachine machine;
    private Optional<Manifest> durable = Optional.empty();
    private volatile long durableIndex;

    GroupCheckpoint(Disk disk, GroupDirectory directory, GroupStateMachine machine) {
        this.disk = disk;
        this.directory = directory;
        this.machine = machine;
    }

    int group() {
        return machine.group();
    }

    /** Every entry up to this index is in the durable checkpoint; 0 if there is none. Any thread. */
    long durableIndex() {
        return durableIndex;
    }

    /**
     * Puts the group back to its durable checkpoint; what was in use before is discarded.
     *
     * @throws CorruptDataException if the checkpoint is not what it was
     */
    void restore() throws IOException {
        directory.create(disk);
        KeyValueStore.discard(directory.state());
        durable = Manifest.read(disk, directory.manifest());
        if (durable.isEmpty()) {
            return;
        }
        Manifest manifest = durable.get();
        if (manifest.group() != machine.group()) {
            throw CorruptDataException.at(directory.manifest(), 12, "it is the manifest of group " + manifest.group());
        }
        Path checkpoint = directory.checkpoint(manifest.index());
        for (Manifest.StoreFile file : manifest.files()) {
            // Tables prove themselves block by block when they are read, and may be large.
            if (!file.name().endsWith(".sst")) {
                file.check(disk, checkpoint);
            }
        }
        KeyValueStore.restore(checkpoint, directory.state());
        try {
            machine.load();
        } catch (KvException | RefusedException unreadable) { // either names the file and the place
            throw new CorruptDataException(String.valueOf(unreadable.getMessage()));
        }
        durableIndex = machine.appliedIndex();
        removeOthers(checkpoint);
    }

    /**
     * Takes a checkpoint, unless nothing was applied since the last one.
     *
     * @return whether one was taken
     * @throws IOException if it could not be made durable; the one before still counts
     */
    boolean take() throws IOException {
        long index = machine.appliedIndex(); // the copy may hold later entries too
        Optional<KeyValueStore> store = machine.store().ifOpen();
        if (store.isEmpty() || index <= durableIndex) {
            return false;
        }
        Path checkpoint = directory.checkpoint(index);
        disk.delete(checkpoint); // of an attempt that failed
        Map<PartitionLog, Long> activeSegments = machine.state().partitions().activeSegments();
        store.get().checkpoint(checkpoint);
        machine.state().partitions().force();
        if (durable.isEmpty()) {
            // The first one: what it lies in was made at start, and a manifest must not outlive that.
            disk.forceDirectory(directory.home());
        }
        disk.forceDirectory(directory.checkpoints());
        Manifest manifest = new Manifest(machine.group(), index, describe(checkpoint));
        manifest.write(disk, directory.manifest());
        durable = Optional.of(manifest);
        durableIndex = index;
        removeOthers(checkpoint);
        machine.state().partitions().removeLeftovers(index);
        machine.state().partitions().settled(activeSegments);
        return true;
    }

    private List<Manifest.StoreFile> describe(Path checkpoint) throws IOException {
        // A table is never changed, so one that the last checkpoint had too need not be read again.
        Map<String, Manifest.StoreFile> known = new HashMap<>();
        durable.ifPresent(before -> before.files().forEach(file -> known.put(file.name(), file)));
        List<Manifest.StoreFile> files = new ArrayList<>();
        for (Path path : disk.list(checkpoint)) {
            String name = path.getFileName().toString();
            Manifest.StoreFile before = known.get(name);
            files.add(before != null && name.endsWith(".sst") ? before : Manifest.StoreFile.of(disk, path));
        }
        return files;
    }

    private void removeOthers(Path kept) throws IOException {
        for (Path found : disk.list(directory.checkpoints())) {
            if (!found.equals(kept)) {
                disk.delete(found);
            }
        }
    }
}
