package io.polylog.node;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How the files that the process may open are shared out between the log and everything else. */
final class OpenFileLimit {

    /** Beside the log: connections, the journal, and the tables of the key-value stores, of which each group has some. */
    private static final long RESERVED = 2048;

    /** Of a high limit the larger part is for the log, and at least this part for connections. */
    private static final long RESERVED_DIVISOR = 4;

    /** However low the limit is, the log works with a part of it. */
    private static final long LEAST_DIVISOR = 4;

    /** More than this are not worth their memory. */
    private static final int MOST = 65_536;

    private OpenFileLimit() {}

    /** Segments that may be open at a time in this process. */
    static int logFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? logFiles(system.getMaxFileDescriptorCount())
                : MOST;
    }

    /**
     * @param limit files that the process may open
     */
    static int logFiles(long limit) {
        long left = limit - Math.max(RESERVED, limit / RESERVED_DIVISOR);
        return (int) Math.min(MOST, Math.max(left, Math.max(4, limit / LEAST_DIVISOR)));
    }
}
