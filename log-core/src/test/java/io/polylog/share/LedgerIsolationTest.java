package io.polylog.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.AbortedTransaction;
import io.polylog.broker.Isolation;
import io.polylog.engine.LedgerId;
import io.polylog.fake.ManualExecutor;
import io.polylog.share.ShareGroups.StartAt;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What members get of transactions: those that are open, and those that were aborted. */
class LedgerIsolationTest extends ShareScene {

    private static final long PRODUCER = 7;

    private static ShareGroupSettings reading(Isolation isolation) {
        return new ShareGroupSettings(
                Optional.of(StartAt.EARLIEST),
                OptionalLong.empty(),
                30_000,
                5,
                2000,
                true,
                Optional.of(isolation),
                Optional.empty(),
                true);
    }

    /** One that goes by the group's settings. */
    private Worker kafka(int credit) {
        Worker worker = new Worker(groups, GROUP, topic, JoinOptions.on(topic, 0, rules));
        workers.add(worker);
        drain();
        worker.consumer().credit(credit);
        drain();
        return worker;
    }

    private void change(Isolation isolation) {
        rules = reading(isolation);
        groups.settingsChanged(GROUP);
        drain();
    }

    /** a, then an open transaction with x and y, and b. */
    private void openTransaction() {
        log.append(partition, "a");
        log.appendUndecided(partition, PRODUCER, "x");
        log.appendUndecided(partition, PRODUCER, "y");
        log.append(partition, "b");
        log.holdBack(partition, 1);
    }

    private void end(boolean committed) {
        if (!committed) {
            log.abort(partition, new AbortedTransaction(PRODUCER, 1, 4));
        }
        appendMarker();
        log.release(partition);
        drain();
    }

    private long startOffset() {
        CompletionStage<Long> start = new Ledgers(ports, group -> home.ledgers(), groups::isInUse)
                .find(new LedgerId(topic.id(), 0, GROUP))
                .thenApply(ledger -> ledger.orElseThrow().startOffset());
        drain();
        return start.toCompletableFuture().join();
    }

    @Test
    void committedReadsToTheOpenTransactionAndLeavesOutAnAbortedOne() {
        rules = reading(Isolation.COMMITTED);
        openTransaction();
        Worker worker = kafka(10);
        assertThat(worker.values()).containsExactly("a");
        end(false);
        assertThat(worker.values()).containsExactly("a", "b");
        settle(worker, Outcome.ACCEPT);
        assertThat(startOffset()).as("aborted records are settled too").isEqualTo(5);
    }

    @Test
    void uncommittedGetsAllButTheMarker() {
        rules = reading(Isolation.UNCOMMITTED);
        openTransaction();
        Worker worker = kafka(10);
        assertThat(worker.values()).containsExactly("a", "x", "y", "b");
        end(false);
        assertThat(worker.values()).containsExactly("a", "x", "y", "b");
        settle(worker, Outcome.ACCEPT);
        assertThat(startOffset()).isEqualTo(5);
    }

    @Test
    void settingGoesForMembersOfEveryProtocol() {
        rules = reading(Isolation.UNCOMMITTED);
        openTransaction();
        assertThat(worker(10).values()).containsExactly("a", "x", "y", "b");
    }

    @Test
    void withoutTheSettingAllGetWhatAKafkaMemberGetsByDefault() {
        openTransaction();
        Worker queue = worker(10);
        assertThat(queue.values()).containsExactly("a");
        Worker kafka = kafka(10);
        assertThat(queue.values().size() + kafka.values().size()).isEqualTo(4);
        kafka.consumer().close();
        drain();
        settle(queue, Outcome.RELEASE);
        assertThat(queue.values()).containsExactly("a");
        end(true);
        assertThat(queue.values()).containsExactly("a", "x", "y", "b");
    }

    @Test
    void changeToCommittedWithholdsWhatWasReadBefore() {
        rules = reading(Isolation.UNCOMMITTED);
        openTransaction();
        Worker worker = kafka(2);
        assertThat(worker.values()).containsExactly("a", "x");
        change(Isolation.COMMITTED);
        settle(worker, Outcome.RELEASE);
        worker.consumer().credit(10);
        drain();
        assertThat(worker.values()).as("x was given back, y was not handed out").containsExactly("a");
        end(false);
        assertThat(worker.values()).containsExactly("a", "b");
        settle(worker, Outcome.ACCEPT);
        assertThat(startOffset()).isEqualTo(5);
    }

    @Test
    void committedTransactionComesAfterAChangeToCommitted() {
        rules = reading(Isolation.UNCOMMITTED);
        openTransaction();
        Worker worker = kafka(1);
        change(Isolation.COMMITTED);
        worker.consumer().credit(10);
        drain();
        assertThat(worker.values()).containsExactly("a");
        end(true);
        assertThat(worker.values()).containsExactly("a", "x", "y", "b");
    }

    @Test
    void changeToUncommittedHandsOutWhatIsOpen() {
        rules = reading(Isolation.COMMITTED);
        openTransaction();
        Worker worker = kafka(10);
        change(Isolation.UNCOMMITTED);
        assertThat(worker.values()).containsExactly("a", "x", "y", "b");
    }

    @Test
    void changeThereAndBackLosesNothing() {
        rules = reading(Isolation.UNCOMMITTED);
        openTransaction();
        Worker worker = kafka(1);
        change(Isolation.COMMITTED);
        change(Isolation.UNCOMMITTED);
        worker.consumer().credit(10);
        drain();
        assertThat(worker.values()).containsExactly("a", "x", "y", "b");
    }

    @Test
    void creditIsAnsweredOnceDoubtsAreDecided() {
        rules = reading(Isolation.UNCOMMITTED);
        log.append(partition, "a", "b");
        Worker worker = kafka(1);
        worker.takeAll();
        rules = reading(Isolation.COMMITTED);
        CompletionStage<Void> answered = worker.consumer().credit(1);
        ManualExecutor.drain(thread);
        assertThat(answered.toCompletableFuture()).as("b may be had").isNotDone();
        drain();
        assertThat(answered.toCompletableFuture()).isCompleted();
        assertThat(worker.values()).containsExactly("b");
    }

    @Test
    void undecidedRecordThatOneMemberDeclinesIsForTheOthersOnceItIsCommitted() {
        rules = reading(Isolation.UNCOMMITTED);
        log.appendUndecided(partition, PRODUCER, "x");
        log.holdBack(partition, 0);
        Worker first = kafka(1);
        Worker second = kafka(0);
        change(Isolation.COMMITTED);
        settle(first, Outcome.RELEASE_ELSEWHERE);
        second.consumer().close();
        drain();
        assertThat(deadLetters()).isEmpty();
        log.release(partition);
        drain();
        assertThat(deadLetters()).containsExactly("x rejected");
        assertThat(List.of(first.held.size(), second.held.size())).containsOnly(0);
    }
}
