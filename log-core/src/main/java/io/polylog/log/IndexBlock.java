package io.polylog.log;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Index entries in ascending order. A block never changes; {@link #plus} answers one that is longer by an entry and may
 * share its arrays, so only the newest block may be lengthened. Compact, because each partition has one in memory.
 */
final class IndexBlock {

    /** Most entries of a block that is to be written. */
    static final int CAPACITY = 255;

    static final IndexBlock EMPTY = new IndexBlock(new int[0], new int[0], new long[0], 0);

    private static final int INITIAL_ENTRIES = 8;

    /**
     * @param relativeOffset base offset of the batch less that of its segment
     * @param position where the batch begins, bytes from the segment's start
     * @param maxTimestampBefore largest timestamp of all batches of the segment before this one
     */
    record Entry(int relativeOffset, int position, long maxTimestampBefore) {

        /** Where every segment begins; it is not written. */
        static final Entry START = new Entry(0, 0, Long.MIN_VALUE);
    }

    private final int[] relativeOffsets;
    private final int[] positions;
    private final long[] maxTimestampsBefore;
    private final int count;

    private IndexBlock(int[] relativeOffsets, int[] positions, long[] maxTimestampsBefore, int count) {
        this.relativeOffsets = relativeOffsets;
        this.positions = positions;
        this.maxTimestampsBefore = maxTimestampsBefore;
        this.count = count;
    }

    /** The entries that begin at the buffer's position, as {@link #write} has put them there. */
    static IndexBlock read(ByteBuffer source, int count) {
        int[] offsets = new int[count];
        int[] places = new int[count];
        long[] timestamps = new long[count];
        for (int i = 0; i < count; i++) {
            offsets[i] = source.getInt();
            places[i] = source.getInt();
            timestamps[i] = source.getLong();
        }
        return new IndexBlock(offsets, places, timestamps, count);
    }

    void write(ByteBuffer target) {
        for (int i = 0; i < count; i++) {
            target.putInt(relativeOffsets[i]).putInt(positions[i]).putLong(maxTimestampsBefore[i]);
        }
    }

    IndexBlock plus(Entry entry) {
        int room = count < positions.length ? positions.length : Math.max(INITIAL_ENTRIES, count * 2);
        boolean grow = room > positions.length;
        int[] offsets = grow ? Arrays.copyOf(relativeOffsets, room) : relativeOffsets;
        int[] places = grow ? Arrays.copyOf(positions, room) : positions;
        long[] timestamps = grow ? Arrays.copyOf(maxTimestampsBefore, room) : maxTimestampsBefore;
        offsets[count] = entry.relativeOffset();
        places[count] = entry.position();
        timestamps[count] = entry.maxTimestampBefore();
        return new IndexBlock(offsets, places, timestamps, count + 1);
    }

    int count() {
        return count;
    }

    Entry get(int i) {
        return new Entry(relativeOffsets[i], positions[i], maxTimestampsBefore[i]);
    }

    /**
     * The last entry that {@code atOrBefore} accepts, or -1.
     *
     * @param atOrBefore accepts every entry up to some point and none after it
     */
    int floor(Predicate<Entry> atOrBefore) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (atOrBefore.test(get(middle))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }
}
