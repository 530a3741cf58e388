package io.polylog.engine;

/** Which entry each group needs next: what tells a journal that goes on where the checkpoints stand from one with a gap. */
final class Continuity {

    private final long[] indexes;

    /**
     * @param indexes the last entry that each group has
     */
    Continuity(long[] indexes) {
        this.indexes = indexes.clone();
    }

    /**
     * Whether the entry is the group's next; false if the group has it.
     *
     * @throws CorruptJournalException if there are entries missing before it, or there is no such group
     */
    boolean isNext(int group, long index) throws CorruptJournalException {
        if (group < 0 || group >= indexes.length) {
            throw new CorruptJournalException("the journal names replica group " + group + " of " + indexes.length
                    + "; the data directory is not whole");
        }
        if (index > indexes[group] + 1) {
            throw new CorruptJournalException("replica group " + group + " stands at entry " + indexes[group]
                    + " and the journal goes on with " + index + ": a journal file or the group's manifest is missing");
        }
        return index > indexes[group];
    }

    void took(int group, long index) {
        indexes[group] = index;
    }
}
