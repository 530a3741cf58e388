package io.polylog.testkit;

import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What was done to the content of one file since it was last forced, with enough to undo it. Under the disk's lock. */
final class UnforcedContent {

    /** What a device writes whole or not at all. */
    private static final int SECTOR_BYTES = 512;

    /** How sure it is that a change survives. */
    private enum Fate {
        OPEN,
        /** A force of it failed: no later one can vouch for it, for the system may have dropped it meanwhile. */
        DOUBTFUL,
        /** Forced, but made after a doubtful one, which must be done again before it. */
        SURE
    }

    /**
     * A write of {@code fresh} at {@code position}, or a truncation to {@code position} if {@code fresh} is empty.
     *
     * @param sizeBefore the file's size before
     * @param old the bytes that were overwritten or cut off
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, and never changed
    private record Change(long position, byte[] fresh, long sizeBefore, byte[] old, Fate fate) {
        Change as(Fate other) {
            return new Change(position, fresh, sizeBefore, old, other);
        }

        long end() {
            return position + fresh.length;
        }
    }

    private final List<Change> changes = new ArrayList<>();

    void write(DiskFile file, long position, byte[] bytes) throws IOException {
        changes.add(new Change(position, bytes, file.size(), existing(file, position, bytes.length), Fate.OPEN));
        file.write(ByteBuffer.wrap(bytes), position);
    }

    void truncate(DiskFile file, long size) throws IOException {
        long before = file.size();
        if (size < before) {
            byte[] old = existing(file, size, (int) (before - size));
            changes.add(new Change(size, new byte[0], before, old, Fate.OPEN));
            file.truncate(size);
        }
    }

    void forced() {
        while (!changes.isEmpty() && changes.get(0).fate() != Fate.DOUBTFUL) {
            changes.remove(0);
        }
        changes.replaceAll(change -> change.fate() == Fate.DOUBTFUL ? change : change.as(Fate.SURE));
    }

    void forceFailed() {
        changes.replaceAll(change -> change.fate() == Fate.SURE ? change : change.as(Fate.DOUBTFUL));
    }

    /** Rewinds the file to what was forced, then does some of the changes again. */
    void loseSome(Random random, Disk disk, Path path) throws IOException {
        try (DiskFile file = disk.open(path)) {
            for (int i = changes.size() - 1; i >= 0; i--) {
                Change change = changes.get(i);
                file.write(ByteBuffer.wrap(change.old()), change.position());
                if (file.size() > change.sizeBefore()) {
                    file.truncate(change.sizeBefore());
                }
            }
            // Often none or all survive; both ends and the middle deserve to be met.
            double survival = random.nextInt(5) / 4.0;
            for (Change change : changes) {
                if (change.fate() == Fate.SURE) {
                    redo(file, change, change.fresh().length);
                } else if (random.nextDouble() < survival) {
                    redoSome(random, file, change);
                } else if (random.nextInt(8) == 0) {
                    // The size reached the disk and the bytes did not.
                    fillTo(file, change.end());
                }
            }
        }
        changes.clear();
    }

    private static void redoSome(Random random, DiskFile file, Change change) throws IOException {
        int length = change.fresh().length;
        if (length == 0) {
            redo(file, change, 0);
        } else {
            switch (random.nextInt(8)) {
                case 0, 1 -> redo(file, change, random.nextInt(length)); // torn at any byte
                case 2 -> redoSectors(random, file, change);
                default -> redo(file, change, length);
            }
        }
    }

    private static void redo(DiskFile file, Change change, int bytes) throws IOException {
        if (change.fresh().length == 0) {
            file.truncate(Math.min(file.size(), change.position()));
        } else {
            file.write(ByteBuffer.wrap(change.fresh(), 0, bytes), change.position());
        }
    }

    /** Any of the sectors, in no order: a later one may survive an earlier one. */
    private static void redoSectors(Random random, DiskFile file, Change change) throws IOException {
        long at = change.position();
        while (at < change.end()) {
            long sectorEnd = Math.min(change.end(), (at / SECTOR_BYTES + 1) * SECTOR_BYTES);
            if (random.nextBoolean()) {
                int from = (int) (at - change.position());
                file.write(ByteBuffer.wrap(change.fresh(), from, (int) (sectorEnd - at)), at);
            }
            at = sectorEnd;
        }
    }

    private static void fillTo(DiskFile file, long end) throws IOException {
        long size = file.size();
        if (size < end) {
            file.write(ByteBuffer.allocate((int) (end - size)), size);
        }
    }

    private static byte[] existing(DiskFile file, long position, int length) throws IOException {
        ByteBuffer old = ByteBuffer.allocate(length);
        int read = file.read(old, position);
        return Arrays.copyOf(old.array(), read);
    }
}
