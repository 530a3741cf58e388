package io.polylog.engine;

import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import io.polylog.disk.ForwardingDisk;
import io.polylog.disk.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * The disk as apply sees it: what needs room waits for it. An entry that is applied is durable already and must take
 * effect, so on a full disk there is nothing else to do; each call can be done again as it was, since it names its file
 * and position. The proposals behind it pile up to their queue's limit. Other threads, which can fail and be tried again
 * as a whole, do not wait.
 */
final class PatientDisk extends ForwardingDisk {

    private final DiskSpace space;
    private final BooleanSupplier mayWait;

    /**
     * @param mayWait whether the calling thread is one that waits
     */
    PatientDisk(Disk disk, DiskSpace space, BooleanSupplier mayWait) {
        super(disk);
        this.space = space;
        this.mayWait = mayWait;
    }

    private interface Step<T> {
        T run() throws IOException;
    }

    private <T> T patiently(Step<T> step) throws IOException {
        while (true) {
            try {
                return step.run();
            } catch (NoSpaceException full) {
                if (!mayWait.getAsBoolean() || !space.awaitRoom()) {
                    throw full;
                }
            }
        }
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new PatientFile(patiently(() -> super.open(file)));
    }

    @Override
    public DiskFile openExisting(Path file) throws IOException {
        return new PatientFile(super.openExisting(file));
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        patiently(() -> {
            super.createDirectories(directory);
            return directory;
        });
    }

    @Override
    public void rename(Path source, Path target) throws IOException {
        patiently(() -> {
            super.rename(source, target);
            return target;
        });
    }

    private final class PatientFile implements DiskFile {
        private final DiskFile file;

        PatientFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            int start = source.position();
            patiently(() -> {
                source.position(start);
                file.write(source, position);
                return position;
            });
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            return file.transferTo(position, count, target);
        }

        @Override
        public void keepOpen() throws IOException {
            file.keepOpen();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
