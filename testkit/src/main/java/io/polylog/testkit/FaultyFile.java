package io.polylog.testkit;

import io.polylog.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** A handle to a file of a {@link FaultyDisk}, and dead after a crash. Changes hold the disk's lock; reads do not. */
final class FaultyFile implements DiskFile {

    private final FaultyDisk disk;
    private final Faults faults;
    private final Path path;
    private final DiskFile real;
    private final UnforcedContent content;
    private volatile boolean dead;

    FaultyFile(FaultyDisk disk, Faults faults, Path path, DiskFile real, UnforcedContent content) {
        this.disk = disk;
        this.faults = faults;
        this.path = path;
        this.real = real;
        this.content = content;
    }

    /** The power is gone. The caller holds the disk's lock. */
    void kill() throws IOException {
        dead = true;
        real.close();
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        synchronized (disk) {
            checkAlive();
            int wanted = source.remaining();
            boolean fails = faults.failsWrite();
            int allowed = fails ? wanted / 2 : wanted;
            long growth = Math.max(0, position + allowed - real.size());
            long room = faults.take(growth);
            allowed -= (int) (growth - room);
            byte[] bytes = new byte[Math.max(0, allowed)];
            source.get(bytes);
            if (bytes.length > 0) {
                content.write(real, position, bytes);
            }
            if (fails) {
                throw Faults.inputOutputError();
            }
            if (bytes.length < wanted) {
                throw Faults.noSpace(path);
            }
            disk.stepDone();
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        checkReadable();
        int bytes = real.read(target, position);
        disk.read(path, bytes);
        return bytes;
    }

    @Override
    public void force() throws IOException {
        synchronized (disk) {
            disk.awaitRelease(path);
            checkAlive();
            boolean effective;
            try {
                effective = disk.beforeForce(path, false);
            } catch (IOException failed) {
                content.forceFailed();
                throw failed;
            }
            if (effective) {
                content.forced();
            }
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        synchronized (disk) {
            checkAlive();
            faults.before(Faults.Operation.TRUNCATE);
            faults.giveBack(Math.max(0, real.size() - size));
            content.truncate(real, size);
            disk.stepDone();
        }
    }

    @Override
    public long size() throws IOException {
        checkAlive();
        return real.size();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        checkReadable();
        return real.transferTo(position, count, target);
    }

    @Override
    public void close() throws IOException {
        disk.closed(this);
        real.close();
    }

    private void checkReadable() throws IOException {
        checkAlive();
        synchronized (disk) {
            faults.checkReadable(path);
        }
    }

    private void checkAlive() throws IOException {
        if (dead) {
            throw new IOException("the disk lost power after this file was opened");
        }
    }
}
