package io.polylog.log;

import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import io.polylog.log.IndexBlock.Entry;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sparse index of one segment, by offset, by position and by time at once. A full block goes to the file; in memory
 * remain the entries after it and the first entry of each block, a few KiB for a segment of 128 MiB. The file is never
 * forced: each block proves itself by its CRC, and what is lost is read again from the segment.
 *
 * <p>A sealed index ends with an entry at the segment's size, which tells that nothing is missing.
 *
 * <p>The file is a sequence of blocks of 4096 bytes, big-endian:
 *
 * <pre>
 *  0 uint32 CRC-32C of 4..4095
 *  4 int32  entries in this block, 1 to 255; only the last block has fewer than 255
 *  8 int64  base offset of the segment
 * 16 255 times: int32 relative offset, int32 position, int64 largest timestamp before; unused ones are zero
 * </pre>
 *
 * <p>The file is open only while a block is read or written. One that has been deleted, under a reader who still holds its
 * segment, has nothing in it: he searches the segment from its start.
 *
 * <p>One thread adds; any thread looks up while it holds the segment.
 */
final class SegmentIndex {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentIndex.class);

    static final int BLOCK_BYTES = 4096;

    private static final int HEADER_BYTES = 16;

    private final Disk disk;
    private final Path path;
    private final long baseOffset;
    private volatile boolean onDisk;
    private volatile @Nullable Content content;
    private volatile boolean damageTold;

    /** The block that was looked at last; softly, since many segments may be read but once. */
    private volatile SoftReference<@Nullable Numbered> recent = new SoftReference<>(null);

    /**
     * @param directory first entry of each block in the file
     * @param tail entries that are not in the file
     */
    private record Content(IndexBlock directory, IndexBlock tail) {
        static final Content NONE = new Content(IndexBlock.EMPTY, IndexBlock.EMPTY);
    }

    private record Numbered(int number, IndexBlock block) {}

    private SegmentIndex(Disk disk, Path path, long baseOffset, boolean onDisk, @Nullable Content content) {
        this.disk = disk;
        this.path = path;
        this.baseOffset = baseOffset;
        this.onDisk = onDisk;
        this.content = content;
    }

    /** For a segment that did not exist before; the file is made when the first block is full. */
    static SegmentIndex create(Disk disk, Path path, long baseOffset) {
        return new SegmentIndex(disk, path, baseOffset, false, Content.NONE);
    }

    /** For a segment that will not grow; nothing is read until somebody looks up. */
    static SegmentIndex openSealed(Disk disk, Path path, long baseOffset) throws IOException {
        boolean onDisk = disk.exists(path);
        return new SegmentIndex(disk, path, baseOffset, onDisk, onDisk ? null : Content.NONE);
    }

    /** Keeps the entries before {@code limit} bytes of segment, up to the first one that cannot be believed. */
    static SegmentIndex openToGrow(Disk disk, Path path, long baseOffset, int limit) throws IOException {
        SegmentIndex index = new SegmentIndex(disk, path, baseOffset, disk.exists(path), Content.NONE);
        if (index.onDisk) {
            try (DiskFile file = disk.openExisting(path)) {
                index.content = index.believed(file, limit);
            }
        }
        return index;
    }

    private Content believed(DiskFile file, int limit) throws IOException {
        IndexBlock directory = IndexBlock.EMPTY;
        IndexBlock tail = IndexBlock.EMPTY;
        while (tail.count() == 0) {
            Optional<IndexBlock> next = readBlock(file, directory.count());
            if (next.isEmpty()) {
                break;
            }
            IndexBlock block = next.get();
            int kept = block.floor(entry -> entry.position() < limit) + 1;
            if (kept == IndexBlock.CAPACITY) {
                directory = directory.plus(block.get(0));
            } else {
                for (int i = 0; i < kept; i++) {
                    tail = tail.plus(block.get(i));
                }
                break;
            }
        }
        long size = (long) directory.count() * BLOCK_BYTES;
        if (file.size() > size) {
            // Forced, lest blocks of a history that was cut off come back behind those of the new one.
            file.truncate(size);
            file.force();
        }
        return new Content(directory, tail);
    }

    /** The last entry; {@link Entry#START} if there is none, or none that can be believed. */
    Entry last() throws IOException {
        Content now = content;
        if (now != null && now.tail().count() > 0) {
            return now.tail().get(now.tail().count() - 1);
        }
        return reading(
                file -> {
                    int blocks = now != null ? now.directory().count() : blocksIn(file);
                    return readBlock(file, blocks - 1)
                            .map(block -> block.get(block.count() - 1))
                            .orElse(Entry.START);
                },
                Entry.START);
    }

    /** How many entries there are, about; the owner's question, of an index that grows. */
    int entries() {
        Content now = content;
        return now == null
                ? 0
                : now.directory().count() * IndexBlock.CAPACITY + now.tail().count();
    }

    /** Adds an entry for a batch that has been written; it may not be published yet. */
    void add(Entry entry) throws IOException {
        Content now = content();
        if (now.tail().count() == IndexBlock.CAPACITY) {
            now = flushed(now);
        }
        content = new Content(now.directory(), now.tail().plus(entry));
    }

    /** Writes what is not in the file yet; nothing may be added afterwards. */
    void seal(Entry end) throws IOException {
        add(end);
        content = flushed(content());
    }

    /**
     * The last entry that {@code atOrBefore} accepts, or one a little before it where the file is damaged.
     *
     * @param atOrBefore accepts every entry up to some point and none after it
     */
    Entry floor(Predicate<Entry> atOrBefore) throws IOException {
        Content now = content();
        int inTail = now.tail().floor(atOrBefore);
        if (inTail >= 0) {
            return now.tail().get(inTail);
        }
        for (int i = now.directory().floor(atOrBefore); i >= 0; i--) {
            Optional<IndexBlock> block = recentBlock(i);
            if (block.isPresent()) {
                return block.get().get(block.get().floor(atOrBefore));
            }
        }
        return Entry.START;
    }

    /** Reads every block; tells {@code damage} of those that cannot be believed. */
    void verify(Consumer<String> damage) throws IOException {
        reading(
                file -> {
                    for (int i = 0; i < blocksIn(file); i++) {
                        if (readBlock(file, i).isEmpty()) {
                            damage.accept(path + " at byte " + (long) i * BLOCK_BYTES
                                    + ": the index block fails its CRC; its segment can be read all the same");
                        }
                    }
                    return true;
                },
                false);
    }

    Path path() {
        return path;
    }

    /** Reads the directory of a sealed index at first use. Threads that race for it read the same bytes. */
    private Content content() throws IOException {
        Content known = content;
        if (known != null) {
            return known;
        }
        Content read = new Content(reading(this::firstEntries, IndexBlock.EMPTY), IndexBlock.EMPTY);
        content = read;
        return read;
    }

    private IndexBlock firstEntries(DiskFile file) throws IOException {
        IndexBlock directory = IndexBlock.EMPTY;
        Entry previous = Entry.START;
        for (int i = 0; i < blocksIn(file); i++) {
            // A damaged block takes its predecessor's place in the order; floor() then finds it damaged and goes back.
            previous = readBlock(file, i).map(block -> block.get(0)).orElse(previous);
            directory = directory.plus(previous);
        }
        return directory;
    }

    private interface Reading<T> {
        T of(DiskFile file) throws IOException;
    }

    /** What {@code reading} finds in the file; {@code otherwise} if there is none. */
    private <T> T reading(Reading<T> reading, T otherwise) throws IOException {
        if (!onDisk) {
            return otherwise;
        }
        DiskFile opened;
        try {
            opened = disk.openExisting(path);
        } catch (NoSuchFileException deleted) {
            return otherwise;
        }
        try (opened) {
            return reading.of(opened);
        }
    }

    private Content flushed(Content now) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        block.putInt(0).putInt(now.tail().count()).putLong(baseOffset);
        now.tail().write(block);
        block.clear().putInt(0, crc(block));
        try (DiskFile file = disk.open(path)) {
            file.write(block, (long) now.directory().count() * BLOCK_BYTES);
        }
        onDisk = true;
        return new Content(now.directory().plus(now.tail().get(0)), IndexBlock.EMPTY);
    }

    /** A block of the file, which never changes there; readers that follow each other want the same one. */
    private Optional<IndexBlock> recentBlock(int number) throws IOException {
        Numbered known = recent.get();
        if (known != null && known.number() == number) {
            return Optional.of(known.block());
        }
        Optional<IndexBlock> read = reading(file -> readBlock(file, number), Optional.empty());
        read.ifPresent(block -> recent = new SoftReference<>(new Numbered(number, block)));
        return read;
    }

    private Optional<IndexBlock> readBlock(DiskFile source, int number) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        long position = (long) number * BLOCK_BYTES;
        try {
            if (number < 0 || source.read(block, position) < BLOCK_BYTES) {
                return Optional.empty();
            }
        } catch (IOException failed) {
            throw new IOException(
                    "cannot read index " + path + " at byte " + position + ": " + failed.getMessage(), failed);
        }
        block.flip();
        int count = block.getInt(4);
        if (block.getInt(0) != crc(block)
                || count < 1
                || count > IndexBlock.CAPACITY
                || block.getLong(8) != baseOffset) {
            tellDamage((long) number * BLOCK_BYTES);
            return Optional.empty();
        }
        block.position(HEADER_BYTES);
        return Optional.of(IndexBlock.read(block, count));
    }

    /** Once for each index: it is no more than a detour for those who search, and whoever restores it wants to know. */
    private void tellDamage(long position) {
        if (!damageTold) {
            damageTold = true;
            LOG.atWarn()
                    .addKeyValue("file", path)
                    .addKeyValue("position", position)
                    .log("index block is damaged: its segment is searched instead");
        }
    }

    private static int blocksIn(DiskFile source) throws IOException {
        return (int) (source.size() / BLOCK_BYTES);
    }

    private static int crc(ByteBuffer block) {
        CRC32C crc = new CRC32C();
        crc.update(block.slice(4, BLOCK_BYTES - 4));
        return (int) crc.getValue();
    }
}
