package io.polylog.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.record.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** How a transactional id may change hands, and how a transaction ends, by the older protocol and by KIP-890. */
class TransactionRulesTest {

    private static final TopicPartition PLACE = new TopicPartition(new UUID(1, 2), "t", 0);
    private static final int TIMEOUT_MS = 60_000;

    private final Transaction fresh = Transaction.first("id", 5, TIMEOUT_MS, 100);

    private static Producer producer(long id, int epoch) {
        return new Producer(id, (short) epoch);
    }

    private static Transaction claimed(Transaction before) {
        return before.claim(Optional.empty(), TIMEOUT_MS, Transaction.NONE, 200);
    }

    private static Transaction open(Transaction before, boolean bumps) {
        return before.add(before.producer(), List.of(PLACE), bumps, 300);
    }

    private static Transaction with(Transaction before, int epoch) {
        return new Transaction(
                before.id(),
                producer(before.producer().id(), epoch),
                before.previousProducerId(),
                before.nextProducerId(),
                before.lastEpoch(),
                before.timeoutMs(),
                before.phase(),
                before.partitions(),
                before.startedMs(),
                before.changedMs(),
                before.bumping());
    }

    private static void assertRefused(Refusal refusal, ThrowingCallable asked) {
        assertThatThrownBy(asked)
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(refusal));
    }

    @Test
    void laterClaimRaisesTheEpochAndFencesTheEarlierOwner() {
        Transaction taken = claimed(fresh);
        assertThat(taken.producer()).isEqualTo(producer(5, 1));
        assertRefused(Refusal.PRODUCER_FENCED, () -> taken.add(producer(5, 0), List.of(PLACE), false, 300));
        assertRefused(Refusal.UNKNOWN_TRANSACTION, () -> taken.add(producer(6, 1), List.of(PLACE), false, 300));
    }

    @Test
    void claimOfAnOpenTransactionAbortsItFirst() {
        Transaction aborting = claimed(open(fresh, false));
        assertThat(aborting.phase()).isEqualTo(Phase.PREPARE_ABORT);
        assertThat(aborting.producer()).isEqualTo(producer(5, 1));
        assertRefused(Refusal.TRANSACTION_ENDING, () -> claimed(aborting));
        assertThat(claimed(aborting.completed(400)).producer()).isEqualTo(producer(5, 2));
    }

    @Test
    void ownerThatGoesOnRaisesItsEpochOnceHoweverOftenItAsks() {
        Transaction raised = fresh.claim(Optional.of(producer(5, 0)), TIMEOUT_MS, Transaction.NONE, 200);
        assertThat(raised.producer()).isEqualTo(producer(5, 1));
        Transaction again = raised.claim(Optional.of(producer(5, 0)), TIMEOUT_MS, Transaction.NONE, 300);
        assertThat(again.producer()).isEqualTo(producer(5, 1));
        Transaction others = claimed(again);
        assertRefused(
                Refusal.PRODUCER_FENCED,
                () -> others.claim(Optional.of(producer(5, 0)), TIMEOUT_MS, Transaction.NONE, 400));
        assertRefused(
                Refusal.PRODUCER_FENCED,
                () -> others.claim(Optional.of(producer(4, 2)), TIMEOUT_MS, Transaction.NONE, 400));
    }

    @Test
    void usedUpEpochsGiveAnotherProducerId() {
        Transaction last = with(fresh, Producer.LAST_EPOCH);
        assertThat(last.usesUpEpochs()).isTrue();
        assertThat(last.claim(Optional.empty(), TIMEOUT_MS, 9, 200).producer()).isEqualTo(producer(9, 0));
        Transaction goesOn = last.claim(Optional.of(producer(5, Producer.LAST_EPOCH)), TIMEOUT_MS, 9, 200);
        assertThat(goesOn.producer()).isEqualTo(producer(9, 0));
        assertRefused(Refusal.TRANSACTION_ENDING, () -> claimed(last));
    }

    @Test
    void olderProtocolKeepsTheEpochAndAnswersAgain() {
        Transaction decided = open(fresh, false).end(producer(5, 0), true, false, Transaction.NONE, 400);
        assertThat(decided.phase()).isEqualTo(Phase.PREPARE_COMMIT);
        assertRefused(
                Refusal.TRANSACTION_ENDING, () -> decided.end(producer(5, 0), true, false, Transaction.NONE, 500));
        assertRefused(
                Refusal.INVALID_TRANSACTION_STATE,
                () -> decided.end(producer(5, 0), false, false, Transaction.NONE, 500));
        Transaction done = decided.completed(500);
        assertThat(done.partitions()).isEmpty();
        assertThat(done.end(producer(5, 0), true, false, Transaction.NONE, 600)).isEqualTo(done);
        assertRefused(
                Refusal.INVALID_TRANSACTION_STATE, () -> done.end(producer(5, 0), false, false, Transaction.NONE, 600));
        assertRefused(
                Refusal.INVALID_TRANSACTION_STATE, () -> fresh.end(producer(5, 0), true, false, Transaction.NONE, 600));
    }

    @Test
    void newerProtocolRaisesTheEpochAndAnswersAgain() {
        Transaction decided = open(fresh, true).end(producer(5, 0), true, true, Transaction.NONE, 400);
        assertThat(decided.producer()).isEqualTo(producer(5, 1));
        Transaction done = decided.completed(500);
        assertThat(done.end(producer(5, 0), true, true, Transaction.NONE, 600)).isEqualTo(done);
        assertRefused(
                Refusal.INVALID_TRANSACTION_STATE, () -> done.end(producer(5, 0), false, true, Transaction.NONE, 600));
        Transaction nothing = done.end(producer(5, 1), false, true, Transaction.NONE, 600);
        assertThat(nothing.phase()).isEqualTo(Phase.PREPARE_ABORT);
        assertThat(nothing.producer()).isEqualTo(producer(5, 2));
        assertRefused(
                Refusal.INVALID_TRANSACTION_STATE, () -> done.end(producer(5, 1), true, true, Transaction.NONE, 600));
    }

    @Test
    void newerProtocolGoesOnUnderAnotherIdWhenEpochsAreUsedUp() {
        Transaction last = open(with(fresh, Producer.LAST_EPOCH), true);
        Transaction decided = last.end(producer(5, Producer.LAST_EPOCH), true, true, 9, 400);
        assertThat(decided.producer()).isEqualTo(producer(5, Short.MAX_VALUE));
        assertThat(decided.successor()).isEqualTo(producer(9, 0));
        Transaction done = decided.completed(500);
        assertThat(done.producer()).isEqualTo(producer(9, 0));
        assertThat(done.end(producer(5, Producer.LAST_EPOCH), true, true, Transaction.NONE, 600))
                .isEqualTo(done);
    }

    @Test
    void producerFencedByTimeMayNotEndAnything() {
        Transaction done = open(fresh, true).fence(TIMEOUT_MS).completed(TIMEOUT_MS);
        assertThat(done.producer()).isEqualTo(producer(5, 1));
        assertRefused(
                Refusal.PRODUCER_FENCED, () -> done.end(producer(5, 0), true, true, Transaction.NONE, TIMEOUT_MS));
        assertRefused(
                Refusal.PRODUCER_FENCED, () -> done.end(producer(5, 0), false, true, Transaction.NONE, TIMEOUT_MS));
    }

    @Test
    void partitionsCountWhileTheTransactionIsOpenOnly() {
        Transaction opened = open(fresh, false);
        opened.verify(producer(5, 0), PLACE);
        assertThat(opened.dueMs()).isEqualTo(300 + TIMEOUT_MS);
        assertRefused(
                Refusal.NOT_IN_TRANSACTION,
                () -> opened.verify(producer(5, 0), new TopicPartition(PLACE.topicId(), "t", 1)));
        Transaction done =
                opened.end(producer(5, 0), true, false, Transaction.NONE, 400).completed(500);
        assertRefused(Refusal.NOT_IN_TRANSACTION, () -> done.verify(producer(5, 0), PLACE));
        assertThat(done.dueMs()).isEqualTo(500 + Transaction.IDLE_MS);
    }
}
