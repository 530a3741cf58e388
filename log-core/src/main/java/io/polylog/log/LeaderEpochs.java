package io.polylog.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which leader epoch begins at which offset. Immutable, and short: one entry for each change of leader that was followed
 * by a record.
 */
final class LeaderEpochs {

    record Start(int epoch, long offset) {}

    static final LeaderEpochs EMPTY = new LeaderEpochs(List.of());

    /** Of a log that has never had another leader. */
    static final LeaderEpochs PLAIN = EMPTY.with(0, 0);

    private final List<Start> starts;

    private LeaderEpochs(List<Start> starts) {
        this.starts = starts;
    }

    /** Epochs and offsets must both rise strictly. */
    static LeaderEpochs of(List<Start> starts) {
        for (int i = 1; i < starts.size(); i++) {
            Start before = starts.get(i - 1);
            Start start = starts.get(i);
            if (start.epoch() <= before.epoch() || start.offset() <= before.offset()) {
                throw new IllegalArgumentException("leader epoch " + start + " follows " + before);
            }
        }
        return new LeaderEpochs(List.copyOf(starts));
    }

    List<Start> starts() {
        return starts;
    }

    /** Whether all records are of epoch 0, as they are where there is one process: that need not be written down. */
    boolean isPlain() {
        return starts.isEmpty() || starts.equals(PLAIN.starts);
    }

    /** The epoch of the last record; 0 if there is none. */
    int latest() {
        return starts.isEmpty() ? 0 : starts.get(starts.size() - 1).epoch();
    }

    /** The epoch of the record at {@code offset}; 0 if the table begins later. */
    int at(long offset) {
        int epoch = 0;
        for (Start start : starts) {
            if (start.offset() > offset) {
                break;
            }
            epoch = start.epoch();
        }
        return epoch;
    }

    /** This table once a batch of {@code epoch} stands at {@code baseOffset}, the end of the log. */
    LeaderEpochs with(int epoch, long baseOffset) {
        if (!starts.isEmpty() && epoch == latest()) {
            return this;
        }
        List<Start> longer = new ArrayList<>(starts);
        longer.add(new Start(epoch, baseOffset));
        return of(longer);
    }

    /** This table for a log that was cut back to {@code endOffset}. */
    LeaderEpochs before(long endOffset) {
        return new LeaderEpochs(
                starts.stream().filter(start -> start.offset() < endOffset).toList());
    }

    /** Empty for an epoch that is negative or later than the latest. */
    Optional<EpochEnd> endOf(int epoch, long highWatermark) {
        if (epoch < 0 || starts.isEmpty() || epoch > latest()) {
            return Optional.empty();
        }
        int answer = epoch;
        for (Start start : starts) {
            if (start.epoch() > epoch) {
                return Optional.of(new EpochEnd(answer, Math.min(start.offset(), highWatermark)));
            }
            answer = start.epoch();
        }
        return Optional.of(new EpochEnd(answer, highWatermark));
    }
}
