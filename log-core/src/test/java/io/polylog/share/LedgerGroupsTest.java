package io.polylog.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Refusal;
import io.polylog.fake.ManualExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Who gets which records, and what settling them does. */
class LedgerGroupsTest extends ShareScene {

    @Test
    void oneMemberGetsRecordsInOrder() {
        log.append(partition, "a", "b");
        Worker worker = worker(10);
        log.append(partition, "c");
        drain();
        assertThat(worker.values()).containsExactly("a", "b", "c");
        assertThat(worker.held).allSatisfy(acquired -> {
            assertThat(acquired.failures()).isZero();
            assertThat(acquired.acquisitions()).isZero();
        });
    }

    @Test
    void competingMembersTakeTurns() {
        Worker one = worker(10);
        Worker two = worker(10);
        log.append(partition, "a", "b", "c", "d");
        drain();
        assertThat(one.values()).hasSize(2);
        assertThat(two.values()).hasSize(2);
        List<String> all = new ArrayList<>(one.values());
        all.addAll(two.values());
        assertThat(all).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void releasedRecordsComeBeforeNewOnesInOffsetOrder() {
        log.append(partition, "a", "b", "c", "d", "e");
        Worker worker = worker(4);
        List<Acquired> held = worker.takeAll();
        worker.consumer().settle(List.of(held.get(2)), Outcome.RELEASE);
        worker.consumer().settle(List.of(held.get(0)), Outcome.RELEASE);
        drain();
        worker.consumer().credit(10);
        drain();
        assertThat(worker.values()).containsExactly("a", "c", "e");
        assertThat(worker.held.get(0).acquisitions()).isEqualTo(1);
        assertThat(worker.held.get(0).failures()).isZero();
        assertThat(worker.held.get(2).acquisitions()).isZero();
    }

    @Test
    void failedDeliveriesAreCounted() {
        log.append(partition, "a");
        Worker worker = worker(1);
        settle(worker, Outcome.FAIL);
        worker.consumer().credit(1);
        drain();
        assertThat(worker.held.get(0).failures()).isEqualTo(1);
        assertThat(worker.held.get(0).acquisitions()).isEqualTo(1);
    }

    @Test
    void creditIsUsedUpAndZeroStops() {
        log.append(partition, "a", "b", "c");
        Worker worker = worker(2);
        assertThat(worker.values()).containsExactly("a", "b");
        worker.consumer().credit(0);
        log.append(partition, "d");
        drain();
        assertThat(worker.values()).hasSize(2);
    }

    @Test
    void loweredCreditHoldsForRecordsOnTheirWay() {
        log.append(partition, "a", "b");
        Worker worker = worker();
        CompletableFuture<Void> given = worker.consumer().credit(2).toCompletableFuture();
        ManualExecutor.drain(pool, journal, thread);
        assertThat(given).isCompleted();
        worker.consumer().credit(1);
        drain();
        assertThat(worker.values()).containsExactly("a");
        worker.consumer().credit(1);
        drain();
        assertThat(worker.values()).containsExactly("a", "b");
        assertThat(worker.held.get(1).acquisitions())
                .as("it was never handed before")
                .isZero();
    }

    @Test
    void creditIsAnsweredOnlyWhenTheLogWasLookedThrough() {
        log.append(partition, "a");
        Worker worker = worker();
        CompletableFuture<Void> answer = worker.consumer().credit(5).toCompletableFuture();
        ManualExecutor.drain(thread);
        assertThat(answer).isNotDone();
        drain();
        assertThat(answer).isCompleted();
        assertThat(worker.values()).containsExactly("a");
    }

    @Test
    void creditIsAnsweredAtAnEmptyLogBehindMarkers() {
        appendMarker();
        Worker worker = worker();
        CompletableFuture<Void> answer = worker.consumer().credit(5).toCompletableFuture();
        drain();
        assertThat(answer).isCompleted();
    }

    @Test
    void leavingGivesBackWhatWasHeld() {
        log.append(partition, "a", "b");
        Worker one = worker(10);
        Worker two = worker(10);
        one.consumer().close();
        drain();
        assertThat(two.values()).containsExactly("a", "b");
        assertThat(two.held.get(0).acquisitions()).isEqualTo(1);
        assertThat(refusal(one.consumer().settle(one.takeAll(), Outcome.ACCEPT)))
                .isEqualTo(Refusal.NOT_ACQUIRED);
    }

    @Test
    void settlingTwiceIsRefusedAndTheRestIsSettled() {
        log.append(partition, "a", "b");
        Worker worker = worker(10);
        List<Acquired> held = worker.takeAll();
        CompletionStage<Void> first = worker.consumer().settle(held.subList(0, 1), Outcome.ACCEPT);
        CompletionStage<Void> second = worker.consumer().settle(held, Outcome.ACCEPT);
        drain();
        assertThat(first.toCompletableFuture()).isCompleted();
        assertThat(refusal(second)).isEqualTo(Refusal.NOT_ACQUIRED);
        worker.consumer().close();
        drain();
        assertThat(worker(10).values()).isEmpty();
    }

    @Test
    void earlierAcquisitionCannotSettleALaterOne() {
        log.append(partition, "a");
        Worker worker = worker(1);
        List<Acquired> old = worker.takeAll();
        worker.consumer().settle(old, Outcome.RELEASE);
        worker.consumer().credit(1);
        drain();
        assertThat(worker.held).hasSize(1);
        CompletionStage<Void> late = worker.consumer().settle(old, Outcome.ACCEPT);
        drain();
        assertThat(refusal(late)).isEqualTo(Refusal.NOT_ACQUIRED);
    }

    @Test
    void acceptIsAnsweredOnlyWhenDurable() {
        log.append(partition, "a");
        Worker worker = worker(1);
        CompletableFuture<Void> settled =
                worker.consumer().settle(worker.takeAll(), Outcome.ACCEPT).toCompletableFuture();
        ManualExecutor.drain(pool, thread);
        assertThat(settled).isNotDone();
        drain();
        assertThat(settled).isCompleted();
    }

    @Test
    void outcomesGatherWhileOneIsOnItsWay() {
        log.append(partition, "a", "b", "c", "d");
        Worker worker = worker(4);
        List<CompletableFuture<Void>> settled = new ArrayList<>();
        for (Acquired acquired : worker.takeAll()) {
            settled.add(
                    worker.consumer().settle(List.of(acquired), Outcome.ACCEPT).toCompletableFuture());
        }
        ManualExecutor.drain(thread);
        assertThat(journal.step()).isTrue();
        ManualExecutor.drain(thread);
        assertThat(settled).filteredOn(CompletableFuture::isDone).hasSize(1);
        assertThat(journal.step()).isTrue();
        ManualExecutor.drain(thread);
        assertThat(settled).allMatch(CompletableFuture::isDone);
    }

    @Test
    void restartKeepsAcceptedAwayAndGivesBackTheRest() {
        log.append(partition, "a", "b", "c", "d");
        Worker worker = worker(4);
        List<Acquired> held = worker.takeAll();
        worker.consumer().settle(List.of(held.get(0), held.get(2)), Outcome.ACCEPT);
        worker.consumer().settle(List.of(held.get(3)), Outcome.FAIL);
        drain();
        startNode();
        Worker after = worker(10);
        assertThat(after.values()).containsExactly("b", "d");
        assertThat(after.held.get(1).failures()).isEqualTo(1);
    }
}
