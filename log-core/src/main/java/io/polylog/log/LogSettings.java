package io.polylog.log;

/**
 * How a partition is cut into files. All replicas of a partition must agree, since segments roll where these say.
 *
 * @param segmentBytes a segment that would grow beyond this is closed and a new one begun, from 1
 * @param indexIntervalBytes bytes of segment between two index entries, from 1
 */
public record LogSettings(int segmentBytes, int indexIntervalBytes) {

    /** Segments of 128 MiB, an index entry every 4 KiB. */
    public static final LogSettings DEFAULT = new LogSettings(128 << 20, 4096);

    public LogSettings {
        if (segmentBytes < 1 || indexIntervalBytes < 1) {
            throw new IllegalArgumentException(
                    "segmentBytes " + segmentBytes + " and indexIntervalBytes " + indexIntervalBytes + " start at 1");
        }
    }
}
