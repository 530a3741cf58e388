package io.polylog.txn;

import static io.polylog.broker.Refusal.INVALID_TRANSACTION_STATE;
import static io.polylog.broker.Refusal.NOT_IN_TRANSACTION;
import static io.polylog.broker.Refusal.PRODUCER_FENCED;
import static io.polylog.broker.Refusal.TRANSACTION_ENDING;
import static io.polylog.broker.Refusal.UNKNOWN_TRANSACTION;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.record.TopicPartition;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A transactional id as it stands, and what may become of it. Each change answers the state after it, or is refused; one that
 * answers the same object changes nothing. Immutable.
 *
 * @param producer who may write now
 * @param previousProducerId the id before the present one, which was used up; -1 if none
 * @param nextProducerId the id that follows when the transaction has ended, because epochs are used up; -1 if none
 * @param lastEpoch the epoch that the present owner had before; -1 if none
 * @param timeoutMs how long a transaction may stay open
 * @param partitions of the open transaction, or of one whose markers are being written
 * @param startedMs when the transaction began, milliseconds since the Unix epoch; -1 if there was none
 * @param changedMs when anything changed last, milliseconds since the Unix epoch
 * @param bumping whether each end raises the epoch (KIP-890)
 */
public record Transaction(
        String id,
        Producer producer,
        long previousProducerId,
        long nextProducerId,
        short lastEpoch,
        int timeoutMs,
        Phase phase,
        Set<TopicPartition> partitions,
        long startedMs,
        long changedMs,
        boolean bumping) {

    /** Instead of a producer id or an epoch: there is none. */
    public static final short NONE = -1;

    /** Most partitions of one transaction. */
    public static final int MAX_PARTITIONS = 10_000;

    /** How long an id that nobody uses is kept: Kafka's default of {@code transactional.id.expiration.ms}. */
    public static final long IDLE_MS = 7L * 24 * 60 * 60 * 1000;

    public Transaction {
        partitions = Set.copyOf(partitions);
    }

    /** An id that is used for the first time. */
    public static Transaction first(String id, long producerId, int timeoutMs, long nowMs) {
        return new Transaction(
                id,
                new Producer(producerId, (short) 0),
                NONE,
                NONE,
                NONE,
                timeoutMs,
                Phase.EMPTY,
                Set.of(),
                NONE,
                nowMs,
                false);
    }

    /** Whether the next claim, or the next end that raises the epoch, needs a fresh producer id. */
    public boolean usesUpEpochs() {
        return producer.epoch() >= Producer.LAST_EPOCH;
    }

    /** The one that may write once what is decided is done. */
    public Producer successor() {
        return nextProducerId == NONE ? producer : new Producer(nextProducerId, (short) 0);
    }

    /**
     * A client begins to use the id; whoever used it before is fenced. An open transaction is aborted instead, and the claim
     * has to be made again.
     *
     * @param claimant who the client is, if it goes on with what it had (KIP-360)
     * @param freshId a producer id never used, or -1 if none was thought to be needed
     * @throws RefusedException {@code TRANSACTION_ENDING}, {@code PRODUCER_FENCED}
     */
    public Transaction claim(Optional<Producer> claimant, int newTimeoutMs, long freshId, long nowMs) {
        if (phase.isEnding()) {
            throw ending();
        }
        boolean known = claimant.isEmpty()
                || claimant.get().id() == producer.id()
                || (claimant.get().id() == previousProducerId && claimant.get().epoch() >= Producer.LAST_EPOCH);
        if (!known) {
            throw fenced(claimant.get());
        }
        if (phase == Phase.ONGOING) {
            return fence(nowMs);
        }
        if (usesUpEpochs() && (claimant.isEmpty() || claimant.get().epoch() == producer.epoch())) {
            if (freshId == NONE) {
                throw ending();
            }
            short before = claimant.isEmpty() ? NONE : producer.epoch();
            return idle(new Producer(freshId, (short) 0), producer.id(), before, newTimeoutMs, nowMs);
        }
        if (claimant.isEmpty()) {
            return idle(raised(), previousProducerId, NONE, newTimeoutMs, nowMs);
        }
        if (claimant.get().epoch() == producer.epoch()) {
            return idle(raised(), previousProducerId, producer.epoch(), newTimeoutMs, nowMs);
        }
        if (claimant.get().epoch() == lastEpoch) { // asked again, since the answer was lost
            return idle(producer, previousProducerId, lastEpoch, newTimeoutMs, nowMs);
        }
        throw fenced(claimant.get());
    }

    private Producer raised() {
        return new Producer(producer.id(), (short) (producer.epoch() + 1));
    }

    private Transaction idle(Producer owner, long before, short epochBefore, int newTimeoutMs, long nowMs) {
        return new Transaction(
                id, owner, before, NONE, epochBefore, newTimeoutMs, Phase.EMPTY, Set.of(), NONE, nowMs, bumping);
    }

    /**
     * Adds partitions, and begins the transaction if none is open.
     *
     * @param bumps whether the client expects its epoch to be raised at the end
     * @throws RefusedException {@code TRANSACTION_ENDING}, {@code UNKNOWN_TRANSACTION}, {@code PRODUCER_FENCED}, {@code
     *     NOT_IN_TRANSACTION} if there are too many
     */
    public Transaction add(Producer writer, Collection<TopicPartition> added, boolean bumps, long nowMs) {
        if (phase.isEnding()) {
            throw ending();
        }
        checkOwner(writer);
        if (phase == Phase.ONGOING && partitions.containsAll(added)) {
            return this;
        }
        Set<TopicPartition> all = new LinkedHashSet<>(partitions);
        all.addAll(added);
        if (all.size() > MAX_PARTITIONS) {
            throw new RefusedException(
                    NOT_IN_TRANSACTION, "a transaction of " + all.size() + " partitions; at most " + MAX_PARTITIONS);
        }
        return new Transaction(
                id,
                producer,
                previousProducerId,
                NONE,
                lastEpoch,
                timeoutMs,
                Phase.ONGOING,
                all,
                phase == Phase.ONGOING ? startedMs : nowMs,
                nowMs,
                bumps);
    }

    /**
     * @throws RefusedException unless the writer has the partition in its open transaction: {@code TRANSACTION_ENDING},
     *     {@code UNKNOWN_TRANSACTION}, {@code PRODUCER_FENCED}, {@code NOT_IN_TRANSACTION}
     */
    public void verify(Producer writer, TopicPartition partition) {
        checkOwner(writer);
        if (phase.isEnding()) {
            throw ending();
        }
        if (phase != Phase.ONGOING || !partitions.contains(partition)) {
            throw new RefusedException(NOT_IN_TRANSACTION, partition + " was not added to the transaction of " + id);
        }
    }

    private void checkOwner(Producer writer) {
        if (writer.id() != producer.id()) {
            throw stranger(writer);
        }
        if (writer.epoch() != producer.epoch()) {
            throw fenced(writer);
        }
    }

    /**
     * Decides the transaction.
     *
     * @param bumps whether the epoch is raised with it (KIP-890)
     * @param freshId as in {@link #claim}
     * @throws RefusedException {@code UNKNOWN_TRANSACTION}, {@code PRODUCER_FENCED}, {@code TRANSACTION_ENDING}, {@code
     *     INVALID_TRANSACTION_STATE}
     */
    public Transaction end(Producer writer, boolean commit, boolean bumps, long freshId, long nowMs) {
        return bumps ? endRaising(writer, commit, freshId, nowMs) : endKeeping(writer, commit, nowMs);
    }

    private Transaction endKeeping(Producer writer, boolean commit, long nowMs) {
        checkOwner(writer);
        return switch (phase) {
            case ONGOING -> decided(commit, producer, lastEpoch, NONE, false, nowMs);
            case PREPARE_COMMIT, PREPARE_ABORT ->
                throw commit == (phase == Phase.PREPARE_COMMIT) ? ending() : invalid(commit);
            case COMPLETE_COMMIT, COMPLETE_ABORT -> asked(commit);
            case EMPTY -> throw invalid(commit);
        };
    }

    private Transaction endRaising(Producer writer, boolean commit, long freshId, long nowMs) {
        if (phase.isEnding()) {
            throw ending();
        }
        boolean completed = phase == Phase.COMPLETE_COMMIT || phase == Phase.COMPLETE_ABORT;
        boolean owned = writer.id() == producer.id() || (writer.id() == previousProducerId && producer.epoch() == 0);
        if (completed && bumping && owned && writer.epoch() == lastEpoch) { // its answer was lost
            return asked(commit);
        }
        checkOwner(writer);
        if (phase != Phase.ONGOING && commit) {
            throw invalid(true); // nothing was written in it; to abort nothing is allowed
        }
        long next = NONE;
        if (usesUpEpochs()) {
            if (freshId == NONE) {
                throw ending();
            }
            next = freshId;
        }
        return decided(commit, raised(), producer.epoch(), next, true, nowMs);
    }

    /** It has ended before: the same if that was asked for. */
    private Transaction asked(boolean commit) {
        if (commit != (phase == Phase.COMPLETE_COMMIT)) {
            throw invalid(commit);
        }
        return this;
    }

    /** Aborts the open transaction, and fences who wrote in it. */
    public Transaction fence(long nowMs) {
        return decided(false, raised(), NONE, NONE, bumping, nowMs);
    }

    private Transaction decided(
            boolean commit, Producer marking, short epochBefore, long next, boolean bumps, long nowMs) {
        return new Transaction(
                id,
                marking,
                previousProducerId,
                next,
                epochBefore,
                timeoutMs,
                commit ? Phase.PREPARE_COMMIT : Phase.PREPARE_ABORT,
                partitions,
                phase == Phase.ONGOING ? startedMs : nowMs,
                nowMs,
                bumps);
    }

    /** All partitions have their markers. To be called while it is ending. */
    public Transaction completed(long nowMs) {
        return new Transaction(
                id,
                successor(),
                nextProducerId == NONE ? previousProducerId : producer.id(),
                NONE,
                lastEpoch,
                timeoutMs,
                phase == Phase.PREPARE_COMMIT ? Phase.COMPLETE_COMMIT : Phase.COMPLETE_ABORT,
                Set.of(),
                startedMs,
                nowMs,
                bumping);
    }

    /** When time alone changes something, milliseconds since the Unix epoch: it is aborted, or forgotten if none is open. */
    public long dueMs() {
        return switch (phase) {
            case ONGOING -> startedMs + timeoutMs;
            case PREPARE_COMMIT, PREPARE_ABORT -> Long.MAX_VALUE;
            case EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT -> changedMs + IDLE_MS;
        };
    }

    private RefusedException ending() {
        return new RefusedException(TRANSACTION_ENDING, "the last transaction of " + id + " is being ended");
    }

    private RefusedException fenced(Producer writer) {
        return new RefusedException(PRODUCER_FENCED, id + " belongs to producer " + producer + ", not to " + writer);
    }

    private RefusedException stranger(Producer writer) {
        return new RefusedException(
                UNKNOWN_TRANSACTION, id + " belongs to producer " + producer + ", not to " + writer);
    }

    private RefusedException invalid(boolean commit) {
        Refusal refusal = INVALID_TRANSACTION_STATE;
        return new RefusedException(
                refusal,
                "cannot " + (commit ? "commit" : "abort") + " in " + phase.title() + " the transaction of " + id);
    }
}
