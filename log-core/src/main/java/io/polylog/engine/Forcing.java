package io.polylog.engine;

import io.polylog.disk.DiskFile;
import io.polylog.metric.Meters;
import io.polylog.time.NanoClock;
import java.io.IOException;

/** Whether each write of the journal is forced to the disk, and how long that takes. Journal thread. */
final class Forcing {

    private final boolean on;
    private final NanoClock clock;
    private final Meters.Timer timer;

    Forcing(boolean on, NanoClock clock, Meters meters) {
        this.on = on;
        this.clock = clock;
        this.timer = meters.timer("polylog_journal_force_seconds");
    }

    boolean isOn() {
        return on;
    }

    /** Forces what was written to the file, unless that is left to the operating system. */
    void force(DiskFile file) throws IOException {
        if (on) {
            long startedAt = clock.nanoTime();
            file.force();
            timer.record(clock.nanoTime() - startedAt);
        }
    }
}
