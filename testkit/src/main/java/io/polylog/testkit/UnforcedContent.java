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

    /**
     * A write of {@code fresh} at {@code position}, or a truncation to {@code position} if {@code fresh} is empty.
     *
     * @param sizeBefore the file's size before
     * @param old the bytes that were overwritten or cut off
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, and never changed
    private record Change(long position, byte[] fresh, long sizeBefore, byte[] old) {}

    private final List<Change> changes = new ArrayList<>();

    void write(DiskFile file, long position, byte[] bytes) throws IOException {
        changes.add(new Change(position, bytes, file.size(), existing(file, position, bytes.length)));
        file.write(ByteBuffer.wrap(bytes), position);
    }

    void truncate(DiskFile file, long size) throws IOException {
        long before = file.size();
        if (size < before) {
            changes.add(new Change(size, new byte[0], before, existing(file, size, (int) (before - size))));
            file.truncate(size);
        }
    }

    void forced() {
        changes.clear();
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
                if (random.nextDouble() < survival) {
                    redo(random, file, change);
                }
            }
        }
        changes.clear();
    }

    private static void redo(Random random, DiskFile file, Change change) throws IOException {
        int length = change.fresh().length;
        if (length == 0) {
            file.truncate(Math.min(file.size(), change.position()));
        } else {
            int survivors = random.nextInt(4) == 0 ? random.nextInt(length) : length;
            file.write(ByteBuffer.wrap(change.fresh(), 0, survivors), change.position());
        }
    }

    private static byte[] existing(DiskFile file, long position, int length) throws IOException {
        ByteBuffer old = ByteBuffer.allocate(length);
        int read = file.read(old, position);
        return Arrays.copyOf(old.array(), read);
    }
}
