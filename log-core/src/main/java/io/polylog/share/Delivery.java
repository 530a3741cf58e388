package io.polylog.share;

import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
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

    private static final String EXPIRES_AT = "expires-at";

    private final StoredRecord record;
    private final long expiresAtMs;
    private State state = State.AVAILABLE;
    private @Nullable Member holder;
    private @Nullable Set<Member> declinedBy;
    private long acquisitionId;
    private int failures;
    private int acquisitions;
    private boolean decided;

    /**
     * @param failures failed deliveries so far
     * @param acquisitions deliveries so far, as far as they are known
     * @param decided whether it is committed; otherwise it may be aborted, now or later
     */
    Delivery(StoredRecord record, int failures, int acquisitions, boolean decided) {
        this.record = record;
        this.failures = failures;
        this.acquisitions = acquisitions;
        this.decided = decided;
        this.expiresAtMs = record.record()
                .headers()
                .lastText(EXPIRES_AT)
                .map(Delivery::epochMs)
                .orElse(Long.MAX_VALUE);
    }

    /** A header that is not a time is somebody else's. */
    private static Long epochMs(String text) {
        try {
            long time = Long.parseLong(text);
            return time < 0 ? Long.MAX_VALUE : time;
        } catch (NumberFormatException noTime) {
            return Long.MAX_VALUE;
        }
    }

    long offset() {
        return record.offset();
    }

    StoredRecord record() {
        return record;
    }

    int failures() {
        return failures;
    }

    /** How often it was handed out, as far as that is known. */
    int acquisitions() {
        return acquisitions;
    }

    int sizeInBytes() {
        return record.record().sizeInBytes();
    }

    boolean isDecided() {
        return decided;
    }

    /** It has turned out to be committed. */
    void decided() {
        decided = true;
    }

    boolean isExpired(long nowMs) {
        return expiresAtMs <= nowMs;
    }

    Acquired acquire(TopicPartition partition, Member member, long id) {
        expect(State.AVAILABLE);
        state = State.HELD;
        holder = member;
        acquisitionId = id;
        return new Acquired(partition, offset(), id, failures, acquisitions++, record.record());
    }

    /** The member that holds it, if one does. */
    @Nullable
    Member holder() {
        return state == State.HELD ? holder : null;
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

    /** It is taken out of the group though no member holds it. */
    void withdrawn() {
        expect(State.AVAILABLE);
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

    /** That it was given back is durable. */
    void returned() {
        expect(State.SETTLING);
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

    /** The member does not want it again. */
    void declinedBy(Member member) {
        if (declinedBy == null) {
            declinedBy = Collections.newSetFromMap(new IdentityHashMap<>());
        }
        declinedBy.add(member);
    }

    boolean isFor(Member member) {
        return declinedBy == null || !declinedBy.contains(member);
    }

    /** Whether there are members, and all of them have declined it. */
    boolean isUnwanted(Collection<Member> members) {
        return declinedBy != null && !members.isEmpty() && declinedBy.containsAll(members);
    }

    private void expect(State expected) {
        if (state != expected) {
            throw new IllegalStateException("record " + offset() + " is " + state + ", not " + expected);
        }
    }
}
