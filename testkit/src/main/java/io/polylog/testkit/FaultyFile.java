package io.polylog.testkit;

import io.polylog.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A handle to a file of a {@link FaultyDisk}, and dead after a crash. Changes hold the disk's lock; reads do not. */
final class FaultyFile implements DiskFile {

    private final FaultyDisk disk;
    private final Faults faults;
    private final DiskFile real;
    private final UnforcedContent content;
    private volatile boolean dead;

    FaultyFile(FaultyDisk disk, Faults faults, DiskFile real, UnforcedContent content) {
        this.disk = disk;
        this.faults = faults;
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
            int allowed = faults.allowed(wanted);
            boolean whole = allowed == wanted && !faults.failsThisWrite();
            byte[] bytes = new byte[allowed];
            source.get(bytes);
            if (allowed > 0) {
                content.write(real, position, bytes);
            }
            if (!whole) {
                throw faults.writeFailure();
            }
            disk.stepDone();
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        checkAlive();
        return real.read(target, position);
    }

    @Override
    public void force() throws IOException {
        synchronized (disk) {
            checkAlive();
            boolean effective;
            try {
                effective = disk.beforeForce(false);
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
    public FileChannel channel() {
        return real.channel();
    }

    @Override
    public void close() throws IOException {
        disk.closed(this);
        real.close();
    }

    private void checkAlive() throws IOException {
        if (dead) {
            throw new IOException("the disk lost power after this file was opened");
        }
    }
}
