package io.polylog.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file in use, open or not. Each call holds it open for as long as it takes. Its own lock is held for moments, and
 * while the file is opened or closed; calls do not wait for each other beyond that, but for forces.
 */
final class FrugalFile implements DiskFile {

    /** How often another file is closed in exchange, if others in the process take what becomes free. */
    private static final int MOST_EXCHANGES = 16;

    private final Disk disk;
    private final OpenFiles open;
    private final Path path;
    private final Object identity;
    private final Object forcing = new Object();

    // Guarded by this, and the flags may be read without.
    private @Nullable DiskFile file;
    private int users;
    private boolean kept;
    private boolean closed;
    private volatile boolean unforced;
    private volatile boolean used;

    /** Guarded by {@code forcing}. */
    private @Nullable IOException forceFailure;

    private FrugalFile(Disk disk, OpenFiles open, Path path, DiskFile file) throws IOException {
        this.disk = disk;
        this.open = open;
        this.path = path;
        this.file = file;
        this.identity = disk.identity(path);
    }

    private interface Opening {
        DiskFile open(Path path) throws IOException;
    }

    static FrugalFile open(Disk disk, OpenFiles open, Path path) throws IOException {
        return begin(disk, open, path, disk::open);
    }

    static FrugalFile openExisting(Disk disk, OpenFiles open, Path path) throws IOException {
        return begin(disk, open, path, disk::openExisting);
    }

    private static FrugalFile begin(Disk disk, OpenFiles open, Path path, Opening opening) throws IOException {
        open.makeRoom();
        DiskFile opened = inExchange(open, path, opening);
        try {
            FrugalFile file = new FrugalFile(disk, open, path, opened);
            open.opened(file);
            return file;
        } catch (IOException | RuntimeException failed) {
            opened.close();
            throw failed;
        }
    }

    /** The process may have run out of descriptors though we have not: then one of ours is closed. */
    private static DiskFile inExchange(OpenFiles open, Path path, Opening opening) throws IOException {
        for (int tries = MOST_EXCHANGES; ; tries--) {
            try {
                return opening.open(path);
            } catch (TooManyOpenFilesException full) {
                if (tries == 0 || !open.closeOne()) {
                    throw full;
                }
            }
        }
    }

    // ---- open or not --------------------------------------------------------------------------------------------

    /** The file, open until {@link #end}. */
    private DiskFile begin() throws IOException {
        synchronized (this) {
            if (closed) {
                throw new ClosedChannelException();
            }
            if (file != null) {
                used = true; // once more: files that are used but once go before those that are used all the time
                users++;
                return file;
            }
        }
        open.makeRoom(); // which closes others, so not while holding the lock
        DiskFile opened = inExchange(open, path, disk::openExisting);
        DiskFile surplus = null;
        try {
            synchronized (this) {
                if (closed) {
                    surplus = opened;
                    throw new ClosedChannelException();
                }
                if (file != null) { // another thread was faster
                    surplus = opened;
                } else {
                    check(opened);
                    file = opened;
                    open.openedAgain(this);
                }
                users++;
                return file;
            }
        } finally {
            if (surplus != null) {
                surplus.close();
            }
        }
    }

    private void check(DiskFile opened) throws IOException {
        boolean same = false;
        try {
            same = identity.equals(disk.identity(path));
        } finally {
            if (!same) {
                opened.close();
            }
        }
        if (!same) {
            throw new IOException(path + " is another file than before: something else has taken its place");
        }
    }

    private synchronized void end() {
        users--;
    }

    /** Closes the file for now, unless it is needed open. */
    synchronized boolean closeIfIdle() {
        DiskFile idle = file;
        if (idle == null || users > 0 || unforced || kept) {
            return false;
        }
        file = null;
        open.closed(this);
        try {
            idle.close();
        } catch (IOException nothingLost) { // all that it was told is forced
            return true;
        }
        return true;
    }

    /** Whether it was used after this was asked last. */
    boolean usedSinceAsked() {
        boolean was = used;
        used = false;
        return was;
    }

    /** Its bytes have changed. The caller has begun, so that it cannot be closed before this is known. */
    private void markUnforced() {
        if (!unforced) {
            synchronized (this) {
                unforced = true;
                if (!closed) {
                    open.written(this);
                }
            }
        }
    }

    // ---- file ---------------------------------------------------------------------------------------------------

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        change(opened -> opened.write(source, position));
    }

    @Override
    public void truncate(long size) throws IOException {
        change(opened -> opened.truncate(size));
    }

    private interface Change {
        void to(DiskFile opened) throws IOException;
    }

    private void change(Change change) throws IOException {
        if (!unforced) {
            open.forceOneOfMany();
        }
        DiskFile opened = begin();
        try {
            change.to(opened);
        } finally {
            markUnforced();
            end();
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        DiskFile opened = begin();
        try {
            return opened.read(target, position);
        } finally {
            end();
        }
    }

    @Override
    public long size() throws IOException {
        DiskFile opened = begin();
        try {
            return opened.size();
        } finally {
            end();
        }
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        DiskFile opened = begin();
        try {
            return opened.transferTo(position, count, target);
        } finally {
            end();
        }
    }

    /** Any thread; a second one waits for the first. Fails for ever once it has failed. */
    @Override
    public void force() throws IOException {
        synchronized (forcing) {
            if (forceFailure != null) {
                throw new IOException(path + " could not be forced before", forceFailure);
            }
            if (!unforced) {
                return;
            }
            DiskFile opened = begin();
            try {
                // Before the force, which may miss what is written meanwhile; nobody closes it while we use it.
                markForced();
                opened.force();
            } catch (IOException failed) {
                forceFailure = failed;
                markUnforced();
                throw failed;
            } finally {
                end();
            }
        }
    }

    private synchronized void markForced() {
        unforced = false;
        open.forced(this);
    }

    @Override
    public void keepOpen() throws IOException {
        begin();
        synchronized (this) {
            kept = true;
            users--;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        DiskFile last = file;
        file = null;
        closed = true;
        open.closed(this);
        if (last != null) {
            last.close();
        }
    }
}
