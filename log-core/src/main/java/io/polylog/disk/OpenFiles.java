package io.polylog.disk;

import io.polylog.metric.Meters;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a {@link FrugalDisk} are open, and which of them goes next. Any thread; its lock is held for moments only
 * and is the last that anybody takes, so that a file tells of its changes while it holds its own.
 */
final class OpenFiles {

    /** Of those that may be open, so many may have something to be forced: the others make room without waiting. */
    private static final double UNFORCED_SHARE = 0.75;

    private final int most;
    private final int mostUnforced;
    private final Meters.Counter reopenings;

    // Guarded by this; in the order in which they are asked to go.
    private final Set<FrugalFile> forced = new LinkedHashSet<>();
    private final Set<FrugalFile> unforced = new LinkedHashSet<>();

    OpenFiles(int most, Meters.Counter reopenings) {
        if (most < 4) {
            throw new IllegalArgumentException("at least 4 files must be open at a time, not " + most);
        }
        this.most = most;
        this.mostUnforced = (int) (most * UNFORCED_SHARE);
        this.reopenings = reopenings;
    }

    synchronized int count() {
        return forced.size() + unforced.size();
    }

    synchronized void opened(FrugalFile file) {
        forced.add(file);
    }

    void openedAgain(FrugalFile file) {
        opened(file);
        reopenings.add(1);
    }

    synchronized void written(FrugalFile file) {
        forced.remove(file);
        unforced.add(file);
    }

    synchronized void forced(FrugalFile file) {
        if (unforced.remove(file)) {
            forced.add(file);
        }
    }

    synchronized void closed(FrugalFile file) {
        forced.remove(file);
        unforced.remove(file);
    }

    /** Closes what is needed for one more to be opened, as far as that can be done at once. The caller holds no file. */
    void makeRoom() {
        for (int tries = count(); tries > 0 && count() >= most; tries--) {
            closeOne();
        }
    }

    /**
     * Closes a file that nobody uses.
     *
     * @return whether there was one
     */
    boolean closeOne() {
        for (int tries = count(); tries > 0; tries--) {
            FrugalFile candidate = next();
            if (candidate == null) {
                return false;
            }
            if (candidate.closeIfIdle()) {
                return true;
            }
        }
        return false;
    }

    /** The one that was asked longest ago, of those that nobody has used since. */
    private synchronized @Nullable FrugalFile next() {
        for (int tries = 2 * forced.size(); tries > 0; tries--) {
            FrugalFile first = rotate(forced);
            if (!first.usedSinceAsked()) {
                return first;
            }
        }
        return null;
    }

    /** Before one more file is written to: forces another, if there are many that wait for it. The caller holds no file. */
    void forceOneOfMany() {
        FrugalFile longest;
        synchronized (this) {
            if (unforced.size() < mostUnforced) {
                return;
            }
            longest = rotate(unforced);
        }
        try {
            longest.force();
        } catch (IOException toldToItsOwner) { // by every later force of that file
            return;
        }
    }

    private static FrugalFile rotate(Set<FrugalFile> files) {
        Iterator<FrugalFile> each = files.iterator();
        FrugalFile first = each.next();
        each.remove();
        files.add(first);
        return first;
    }
}
