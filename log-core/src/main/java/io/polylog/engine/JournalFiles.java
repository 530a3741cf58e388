package io.polylog.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;

/**
 * What each file of the journal holds, so that those that are needed no more can go: the ones whose every entry lies in
 * the durable checkpoint of its group. Thread-safe.
 */
final class JournalFiles {

    private static final class Contents {
        private final Map<Integer, Long> lastIndexes = new HashMap<>();
        private long bytes;
    }

    private final NavigableMap<Long, Contents> files = new TreeMap<>();
    private long bytes;

    /** A file has begun; the one before it grows no more. */
    synchronized void begun(long file) {
        files.computeIfAbsent(file, number -> new Contents());
    }

    synchronized void holds(long file, int group, long index, int size) {
        Contents contents = files.computeIfAbsent(file, number -> new Contents());
        contents.lastIndexes.merge(group, index, Math::max);
        contents.bytes += size;
        bytes += size;
    }

    /** Bytes of all entries in all files. */
    synchronized long bytes() {
        return bytes;
    }

    /**
     * The first file that holds an entry of the group beyond {@code checkpointed}: what the group keeps from being
     * trimmed. {@link Long#MAX_VALUE} if there is none.
     */
    synchronized long firstNeeded(int group, long checkpointed) {
        for (Map.Entry<Long, Contents> file : files.entrySet()) {
            if (file.getValue().lastIndexes.getOrDefault(group, 0L) > checkpointed) {
                return file.getKey();
            }
        }
        return Long.MAX_VALUE;
    }

    /**
     * The first files, in order, whose every entry is checkpointed; never the last file, which is being written.
     *
     * @param checkpointed index of each group's durable checkpoint
     */
    synchronized List<Long> covered(IntToLongFunction checkpointed) {
        List<Long> covered = new ArrayList<>();
        for (Map.Entry<Long, Contents> file : files.entrySet()) {
            boolean needed = file.getKey().equals(files.lastKey())
                    || file.getValue().lastIndexes.entrySet().stream()
                            .anyMatch(last -> last.getValue() > checkpointed.applyAsLong(last.getKey()));
            if (needed) {
                break;
            }
            covered.add(file.getKey());
        }
        return covered;
    }

    synchronized void removed(long file) {
        Contents contents = files.remove(file);
        if (contents != null) {
            bytes -= contents.bytes;
        }
    }
}
