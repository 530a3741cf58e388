package io.polylog.share;

import io.polylog.record.StoredRecord;
import org.jspecify.annotations.Nullable;

/**
 * One record that a ledger has read and that is not archived yet. Ledger's thread.
 *
 * <p>Available, then held by a member, then perhaps settling while its outcome becomes durable; a release or a failed
 * delivery makes it available again.
 */
final class Delivery {

    private enum State {
        AVAILABLE,
        HELD,
        SETTLING
    }

    private final StoredRecord record;
    private State state = State.AVAILABLE;
    private @Nullable Member holder;
    private long acquisitionId;
    private int failures;
    private int acquisitions;

    Delivery(StoredRecord record, int failures) {
        this.record = record;
        this.failures = failures;
    }

    long offset() {
        return record.offset();
    }

    int sizeInBytes() {
        return record.record().sizeInBytes();
    }

    Acquired acquire(io.polylog.record.TopicPartition partition, Member member, long id) {
        expect(State.AVAILABLE);
        state = State.HELD;
        holder = member;
        acquisitionId = id;
        return new Acquired(partition, offset(), id, failures, acquisitions++, record.record());
    }

    boolean isHeldBy(Member member, long id) {
        return isHeldBy(member) && acquisitionId == id;
    }

    boolean isHeldBy(Member member) {
        return state == State.HELD && holder == member;
    }

    /** The member has given its outcome; nobody may give another while this one becomes durable. */
    void settling() {
        expect(State.HELD);
        state = State.SETTLING;
    }

    /** The outcome could not be recorded: its holder has it still. */
    Member heldAgain() {
        expect(State.SETTLING);
        state = State.HELD;
        if (holder == null) {
            throw new IllegalStateException("record " + offset() + " was held by nobody");
        }
        return holder;
    }

    void released() {
        expect(State.HELD);
        available();
    }

    void failed() {
        expect(State.SETTLING);
        failures++;
        available();
    }

    /** The member never saw it: the acquisition does not count. */
    void neverHanded() {
        expect(State.HELD);
        acquisitions--;
        available();
    }

    private void available() {
        state = State.AVAILABLE;
        holder = null;
    }

    private void expect(State expected) {
        if (state != expected) {
            throw new IllegalStateException("record " + offset() + " is " + state + ", not " + expected);
        }
    }
}
