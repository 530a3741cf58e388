package io.polylog.engine;

import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Names a group's durable checkpoint and the files that it is made of. Replaced as a whole; a group without one never
 * had a checkpoint. Big-endian:
 *
 * <pre>
 *  0 int64  {@link #MAGIC}
 *  8 uint32 CRC-32C of 12..end
 * 12 int32  group
 * 16 int64  index: the checkpoint holds the effects of every entry up to it, and perhaps of a few more
 * 24 int32  file count
 * 28 for each file: text name, int64 size, int32 count, count times uint32 CRC-32C of {@link #CHUNK_BYTES} bytes
 * </pre>
 */
record Manifest(int group, long index, List<StoreFile> files) {

    /** {@code "PLYMNFT"} and the format version. */
    static final long MAGIC = 0x504C594D4E465401L;

    /** Bytes of a file under one CRC, which is how precisely damage can be told: 64 KiB. */
    static final int CHUNK_BYTES = 64 << 10;

    private static final int HEADER_BYTES = 28;
    private static final String NEW_SUFFIX = ".new";

    /** One file of the checkpoint. */
    record StoreFile(String name, long size, List<Integer> crcs) {

        StoreFile {
            crcs = List.copyOf(crcs);
        }

        private int encodedBytes() {
            return Encoding.sizeOf(name) + Long.BYTES + Integer.BYTES + crcs.size() * Integer.BYTES;
        }

        private static StoreFile read(ByteBuffer source) {
            String name = Encoding.text(source);
            long size = source.getLong();
            int count = source.getInt();
            List<Integer> crcs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                crcs.add(source.getInt());
            }
            return new StoreFile(name, size, crcs);
        }

        /** Describes a file as it is now. */
        static StoreFile of(Disk disk, Path path) throws IOException {
            List<Integer> crcs = new ArrayList<>();
            try (DiskFile file = disk.open(path)) {
                long size = file.size();
                ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
                for (long at = 0; at < size; at += CHUNK_BYTES) {
                    crcs.add(crcAt(file, chunk, at));
                }
                return new StoreFile(path.getFileName().toString(), size, crcs);
            }
        }

        private static int crcAt(DiskFile file, ByteBuffer chunk, long position) throws IOException {
            file.read(chunk.clear(), position);
            return crc(chunk.flip());
        }

        /**
         * Compares the file with what it was.
         *
         * @throws CorruptDataException if it is another
         */
        void check(Disk disk, Path directory) throws IOException {
            Path path = directory.resolve(name);
            checkSize(disk, path);
            try (DiskFile file = disk.open(path)) {
                ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
                for (int i = 0; i < crcs.size(); i++) {
                    long at = (long) i * CHUNK_BYTES;
                    if (crcAt(file, chunk, at) != crcs.get(i)) {
                        throw CorruptDataException.at(
                                path, at, "the " + chunk.limit() + " bytes from there on changed");
                    }
                }
            }
        }

        private void checkSize(Disk disk, Path path) throws IOException {
            if (!disk.exists(path)) {
                throw CorruptDataException.at(path, 0, "the file is gone");
            }
            try (DiskFile file = disk.open(path)) {
                if (file.size() != size) {
                    throw CorruptDataException.at(
                            path, Math.min(file.size(), size), "it has " + file.size() + " bytes instead of " + size);
                }
            }
        }
    }

    Manifest {
        files = List.copyOf(files);
    }

    /**
     * Empty if there is none.
     *
     * @throws CorruptDataException if it cannot be believed
     */
    static Optional<Manifest> read(Disk disk, Path path) throws IOException {
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        ByteBuffer content;
        try (DiskFile file = disk.open(path)) {
            content = ByteBuffer.allocate((int) Math.min(file.size(), Integer.MAX_VALUE));
            file.read(content, 0);
        }
        content.flip();
        if (content.limit() < HEADER_BYTES || content.getLong(0) != MAGIC) {
            throw CorruptDataException.at(path, 0, "it does not begin as a manifest of this version");
        }
        if (content.getInt(8) != crc(content.slice(12, content.limit() - 12))) {
            throw CorruptDataException.at(path, 8, "its " + content.limit() + " bytes do not fit their CRC");
        }
        content.position(12);
        try {
            int group = content.getInt();
            long index = content.getLong();
            int count = content.getInt();
            List<StoreFile> files = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                files.add(StoreFile.read(content));
            }
            return Optional.of(new Manifest(group, index, files));
        } catch (BufferUnderflowException tooShort) {
            throw CorruptDataException.at(path, content.position(), "it ends too early");
        }
    }

    /** Replaces the manifest at {@code path}; once this returns, a crash finds the new one. */
    void write(Disk disk, Path path) throws IOException {
        int size = HEADER_BYTES;
        for (StoreFile file : files) {
            size += file.encodedBytes();
        }
        ByteBuffer content = ByteBuffer.allocate(size);
        content.putLong(MAGIC).putInt(0).putInt(group).putLong(index).putInt(files.size());
        for (StoreFile file : files) {
            Encoding.putText(content, file.name());
            content.putLong(file.size()).putInt(file.crcs().size());
            file.crcs().forEach(content::putInt);
        }
        content.flip().putInt(8, crc(content.slice(12, size - 12)));
        Path fresh = path.resolveSibling(path.getFileName() + NEW_SUFFIX);
        disk.delete(fresh);
        try (DiskFile file = disk.open(fresh)) {
            file.write(content, 0);
            file.force();
        }
        disk.rename(fresh, path);
        Path directory = path.getParent();
        if (directory != null) {
            disk.forceDirectory(directory);
        }
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
